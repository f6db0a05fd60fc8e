// initializers::Zeros.
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

/// Every element is zero. Identifiers: "zeros", "Zeros", "zero".
struct Zeros : Ref<Initializer> {
  Zeros();
};

}  // namespace weft::initializers
