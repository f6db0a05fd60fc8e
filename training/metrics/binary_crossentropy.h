// The metric BinaryCrossentropy.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

struct BinaryCrossentropyOptions {
  std::string name = {};
  DType dtype = {};
  bool from_logits = false;
  double label_smoothing = 0;
};

/// The mean of losses::binary_crossentropy over samples; identifier "binary_crossentropy", "bce".
struct BinaryCrossentropy : MetricRef {
  using MetricRef::MetricRef;
  explicit BinaryCrossentropy(BinaryCrossentropyOptions options = {});
};

}  // namespace weft::metrics
