// initializers::LecunUniform and initializers::LecunNormal (Klambauer et al., 2017:
// Self-normalizing neural networks, arXiv:1706.02515).
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

/// Draws evenly within the limit sqrt(3 / fan_in). Identifiers: "lecun_uniform", "LecunUniform".
struct LecunUniform : Ref<Initializer> {
  explicit LecunUniform(SeedOptions options = {});
};

/// Draws from a normal distribution cut off at two standard deviations, with standard deviation
/// sqrt(1 / fan_in). Identifiers: "lecun_normal", "LecunNormal".
struct LecunNormal : Ref<Initializer> {
  explicit LecunNormal(SeedOptions options = {});
};

}  // namespace weft::initializers
