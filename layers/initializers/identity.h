// initializers::Identity.
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

struct IdentityOptions {
  double gain = 1.0;
};

/// `gain` times the identity matrix; a weight that is no matrix throws ShapeError. Identifiers:
/// "identity", "Identity".
struct Identity : Ref<Initializer> {
  explicit Identity(IdentityOptions options = {});
};

}  // namespace weft::initializers
