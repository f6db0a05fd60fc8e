// initializers::RandomUniform.
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

struct RandomUniformOptions {
  double minval = -0.05, maxval = 0.05;
  std::optional<std::int64_t> seed = {};
};

/// Draws evenly from [minval, maxval). Identifiers: "random_uniform", "RandomUniform", "uniform".
struct RandomUniform : Ref<Initializer> {
  explicit RandomUniform(RandomUniformOptions options = {});
};

}  // namespace weft::initializers
