// Keras's progress bar (keras.utils.Progbar), to the letter.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace weft::detail {

using NamedNumbers = std::vector<std::pair<std::string, double>>;

/// Text of one redraw. Kept apart from the clock and the terminal, so that tests compare it
/// exactly.
struct ProgressState {
  std::optional<std::int64_t> target;  // number of batches, if known
  std::int64_t current = 0;
  double elapsed_s = 0;  // since the first batch began
  double step_s = 0;     // time per batch, without the first one
  bool finished = false;
  NamedNumbers values;
};
std::string progress_line(const ProgressState& state);     // verbose 1
std::string progress_summary(const ProgressState& state);  // verbose 2

class ProgressBar {
 public:
  ProgressBar(std::optional<std::int64_t> target, int verbose);
  /// Whether an update now would draw: at most every 0.05 s, and always at the end. Reading logs
  /// before asking costs time.
  bool due(std::int64_t current, bool finalize) const;
  void update(std::int64_t current, const NamedNumbers& values, bool finalize);
  /// Tells the time of a batch that is not drawn.
  void tick(std::int64_t current);

 private:
  using Clock = std::chrono::steady_clock;
  double step_seconds(std::int64_t current, Clock::time_point now) const;
  std::optional<std::int64_t> target_;
  int verbose_;
  Clock::time_point start_, last_drawn_, after_first_;
  std::int64_t seen_ = 0;
  bool has_first_ = false;
  bool drawn_ = false;
  std::size_t width_ = 0;  // of what stands on the line now
};

}  // namespace weft::detail
