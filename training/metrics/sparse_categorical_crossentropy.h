// The metric SparseCategoricalCrossentropy.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

struct SparseCategoricalCrossentropyOptions {
  std::string name = {};
  DType dtype = {};
  bool from_logits = false;
  std::optional<int> ignore_class = {};
  int axis = -1;
};

/// The mean of losses::sparse_categorical_crossentropy over samples; identifier
/// "sparse_categorical_crossentropy".
struct SparseCategoricalCrossentropy : MetricRef {
  using MetricRef::MetricRef;
  explicit SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions options = {});
};

}  // namespace weft::metrics
