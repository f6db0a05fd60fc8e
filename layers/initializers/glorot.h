// initializers::GlorotUniform and initializers::GlorotNormal (Glorot and Bengio, 2010:
// Understanding the difficulty of training deep feedforward neural networks).
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

/// Draws evenly within the limit sqrt(6 / (fan_in + fan_out)). Identifiers: "glorot_uniform",
/// "GlorotUniform".
struct GlorotUniform : Ref<Initializer> {
  explicit GlorotUniform(SeedOptions options = {});
};

/// Draws from a normal distribution cut off at two standard deviations, with standard deviation
/// sqrt(2 / (fan_in + fan_out)). Identifiers: "glorot_normal", "GlorotNormal".
struct GlorotNormal : Ref<Initializer> {
  explicit GlorotNormal(SeedOptions options = {});
};

}  // namespace weft::initializers
