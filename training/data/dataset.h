// Dataset: samples in memory, with a batch size of their own.
#pragma once
#include <weft/core/structures.h>

namespace weft {

/// Inputs, targets and weights of samples along axis 0. A handle; copies share the data.
class Dataset : detail::State {
 public:
  Dataset() = default;
  /// Throws Error when the numbers of samples differ. A named function: a constructor from tensors
  /// would make predict({a, b}) ambiguous.
  static Dataset from_tensors(const Tensors& x, const Tensors& y = {},
                              const Tensors& sample_weight = {});
  /// The same samples in batches of `size`; fit and evaluate then take no batch size of their own.
  Dataset batch(int size) const;
  std::int64_t size() const;  ///< number of samples
  const Tensors& x() const;
  const Tensors& y() const;
  const Tensors& sample_weight() const;
  std::optional<int> batch_size() const;
  explicit operator bool() const { return state != nullptr; }
};

}  // namespace weft
