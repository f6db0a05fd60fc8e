// initializers::VarianceScaling.
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

struct VarianceScalingOptions {
  double scale = 1.0;
  std::string mode = "fan_in";
  std::string distribution = "truncated_normal";
  std::optional<std::int64_t> seed = {};
  std::vector<int> input_axes = {}, output_axes = {};
};

/// Draws with a variance that fits the number of units: s = scale / max(1, n), where n is the
/// weight's fan_in, fan_out or their mean (mode "fan_in", "fan_out", "fan_avg"). Distributions:
/// "truncated_normal" (standard deviation sqrt(s) / 0.87962566103423978, drawn again beyond two of
/// them, so that sqrt(s) remains), "untruncated_normal" (sqrt(s)), "uniform" (within sqrt(3 s) of
/// zero). The fans of [a, b] are a and b; of [..., in, out] the product of the other dimensions
/// times in and out; with input_axes and output_axes the products of those dimensions. Throws Error
/// for a scale that is not positive and for another mode or distribution. Identifiers:
/// "variance_scaling", "VarianceScaling".
struct VarianceScaling : Ref<Initializer> {
  explicit VarianceScaling(VarianceScalingOptions options = {});
};

}  // namespace weft::initializers
