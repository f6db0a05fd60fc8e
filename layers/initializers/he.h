// initializers::HeUniform and initializers::HeNormal (He et al., 2015: Delving deep into
// rectifiers, arXiv:1502.01852).
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

/// Draws evenly within the limit sqrt(6 / fan_in). Identifiers: "he_uniform", "HeUniform".
struct HeUniform : Ref<Initializer> {
  explicit HeUniform(SeedOptions options = {});
};

/// Draws from a normal distribution cut off at two standard deviations, with standard deviation
/// sqrt(2 / fan_in). Identifiers: "he_normal", "HeNormal".
struct HeNormal : Ref<Initializer> {
  explicit HeNormal(SeedOptions options = {});
};

}  // namespace weft::initializers
