// The metric CategoricalCrossentropy.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

struct CategoricalCrossentropyOptions {
  std::string name = {};
  DType dtype = {};
  bool from_logits = false;
  double label_smoothing = 0;
  int axis = -1;
};

/// The mean of losses::categorical_crossentropy over samples; identifier
/// "categorical_crossentropy".
struct CategoricalCrossentropy : MetricRef {
  using MetricRef::MetricRef;
  explicit CategoricalCrossentropy(CategoricalCrossentropyOptions options = {});
};

}  // namespace weft::metrics
