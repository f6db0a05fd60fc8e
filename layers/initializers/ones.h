// initializers::Ones.
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

/// Every element is one. Identifiers: "ones", "Ones", "one".
struct Ones : Ref<Initializer> {
  Ones();
};

}  // namespace weft::initializers
