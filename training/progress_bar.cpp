#include "training/progress_bar.hpp"

#include <fmt/core.h>

#include <cmath>
#include <cstdio>

namespace weft::detail {
namespace {

constexpr int cells = 20;
constexpr double redraw_interval_s = 0.05;

struct Line {
  std::string text;
  std::size_t width = 0;  // without escape sequences
  void plain(const std::string& s) {
    text += s;
    for (char c : s)
      width += (static_cast<unsigned char>(c) & 0xc0) != 0x80 ? 1 : 0;  // code points
  }
  void escape(const char* s) { text += s; }
};

// As Python prints it: a NaN has no sign.
double unsigned_nan(double v) { return std::isnan(v) ? std::abs(v) : v; }

std::string repeat(const char* s, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += s;
  return out;
}

std::string counter(std::int64_t current, std::int64_t target) {
  return fmt::format("{:>{}}/{}", current, std::to_string(target).size(), target);
}

std::string step_time(double seconds) {
  if (seconds >= 1 || seconds == 0) return fmt::format(" {:.0f}s/step", seconds);
  if (seconds >= 1e-3) return fmt::format(" {:.0f}ms/step", seconds * 1e3);
  return fmt::format(" {:.0f}us/step", seconds * 1e6);
}

std::string remaining(double seconds) {
  const auto s = static_cast<std::int64_t>(seconds);
  if (seconds > 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s % 3600 / 60, s % 60);
  if (seconds > 60) return fmt::format("{}:{:02}", s / 60, s % 60);
  return fmt::format("{}s", s);
}

void add_bar(Line& line, const ProgressState& state) {
  if (!state.target || *state.target <= 0) {
    line.plain(fmt::format("{:>7}/Unknown", state.current));
    return;
  }
  line.escape("\x1b[1m");
  line.plain(counter(state.current, *state.target));
  line.escape("\x1b[0m");
  line.plain(" ");
  const int full = static_cast<int>(cells * static_cast<double>(state.current) /
                                    static_cast<double>(*state.target));
  if (full > 0) {
    line.escape("\x1b[32m");
    line.plain(repeat("━", full));
    line.escape("\x1b[0m");
  }
  line.escape("\x1b[37m");
  line.plain(repeat("━", cells - full));
  line.escape("\x1b[0m");
}

Line draw(const ProgressState& state) {
  Line line;
  add_bar(line, state);
  line.plain(" ");
  line.escape("\x1b[1m");
  const bool eta = state.target && *state.target > 0 && !state.finished;
  line.plain(eta ? remaining(state.step_s * static_cast<double>(*state.target - state.current))
                 : fmt::format("{:.0f}s", state.elapsed_s));
  line.escape("\x1b[0m");
  line.plain(step_time(state.step_s));
  for (const auto& [name, number] : state.values) {
    const double value = unsigned_nan(number);
    line.plain(std::abs(value) > 1e-3 ? fmt::format(" - {}: {:.4f}", name, value)
                                      : fmt::format(" - {}: {:.4e}", name, value));
  }
  return line;
}

}  // namespace

std::string progress_line(const ProgressState& state) { return draw(state).text; }

std::string progress_summary(const ProgressState& state) {
  std::string out =
      fmt::format("{} - {:.0f}s -{}", counter(state.current, state.target.value_or(state.current)),
                  state.elapsed_s, step_time(state.step_s));
  for (const auto& [name, number] : state.values) {
    const double value = unsigned_nan(number);
    out += value > 1e-3 ? fmt::format(" - {}: {:.4f}", name, value)
                        : fmt::format(" - {}: {:.4e}", name, value);
  }
  return out + "\n";
}

ProgressBar::ProgressBar(std::optional<std::int64_t> target, int verbose)
    : target_(target), verbose_(verbose), start_(Clock::now()) {}

bool ProgressBar::due(std::int64_t, bool finalize) const {
  if (verbose_ == 0) return false;
  if (finalize) return true;
  if (verbose_ != 1) return false;
  return !drawn_ ||
         std::chrono::duration<double>(Clock::now() - last_drawn_).count() >= redraw_interval_s;
}

double ProgressBar::step_seconds(std::int64_t current, Clock::time_point now) const {
  if (current == 0) return 0;
  if (has_first_ && current > 1)
    return std::chrono::duration<double>(now - after_first_).count() /
           static_cast<double>(current - 1);
  return std::chrono::duration<double>(now - start_).count() / static_cast<double>(current);
}

void ProgressBar::tick(std::int64_t current) {
  seen_ = current;
  if (current == 1) {
    after_first_ = Clock::now();
    has_first_ = true;
  }
}

void ProgressBar::update(std::int64_t current, const NamedNumbers& values, bool finalize) {
  const auto now = Clock::now();
  ProgressState state{target_,
                      current,
                      std::chrono::duration<double>(now - start_).count(),
                      step_seconds(current, now),
                      finalize,
                      values};
  if (seen_ != current || current != 1) tick(current);
  last_drawn_ = now;
  drawn_ = true;
  if (verbose_ == 2) {
    if (finalize) std::fputs(progress_summary(state).c_str(), stdout);
  } else {
    const Line line = draw(state);
    std::string out = std::string(width_, '\b') + "\r" + line.text;
    if (width_ > line.width) out += std::string(width_ - line.width, ' ');
    if (finalize) out += "\n";
    width_ = line.width;
    std::fputs(out.c_str(), stdout);
  }
  std::fflush(stdout);
}

}  // namespace weft::detail
