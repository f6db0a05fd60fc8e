// initializers::RandomNormal.
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

struct RandomNormalOptions {
  double mean = 0.0, stddev = 0.05;
  std::optional<std::int64_t> seed = {};
};

/// Draws from a normal distribution with this mean and standard deviation. Identifiers:
/// "random_normal", "RandomNormal", "normal".
struct RandomNormal : Ref<Initializer> {
  explicit RandomNormal(RandomNormalOptions options = {});
};

}  // namespace weft::initializers
