// initializers::TruncatedNormal.
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

struct TruncatedNormalOptions {
  double mean = 0.0, stddev = 0.05;
  std::optional<std::int64_t> seed = {};
};

/// Draws from a normal distribution with this mean and standard deviation; values more than two
/// standard deviations from the mean are drawn again (the deviation of what remains is smaller, and
/// is not corrected). Identifiers: "truncated_normal", "TruncatedNormal".
struct TruncatedNormal : Ref<Initializer> {
  explicit TruncatedNormal(TruncatedNormalOptions options = {});
};

}  // namespace weft::initializers
