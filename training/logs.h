// Logs: what a step or an epoch measured.
#pragma once
#include <weft/core/structures.h>

namespace weft {

/// Name -> number. The numbers stay on the device until they are read: reading one synchronises,
/// ignoring it costs nothing. Within on_train_batch_end the numbers are the running averages of the
/// epoch; copy a number, not the Logs, to keep it.
class Logs : detail::State {
 public:
  Logs() = default;
  /// What a train_step of one's own returns: {{"loss", loss}}.
  Logs(std::initializer_list<Named<Tensor>> entries);
  explicit Logs(const std::vector<Named<Tensor>>& entries);
  /// By place, e.g. evaluate's [0] is the loss. Throws Error out of range.
  double operator[](int i) const;
  /// By name. Throws Error naming the keys there are.
  double operator[](std::string_view name) const;
  bool contains(std::string_view name) const;
  int size() const;
  std::vector<std::string> names() const;
  /// Adds or replaces an entry.
  void set(std::string_view name, const Tensor& value);
  /// The values as tensors, traced ones within a step.
  std::vector<Tensor> values() const;

 private:
  friend struct detail::Access;
};

}  // namespace weft
