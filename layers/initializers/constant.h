// initializers::Constant.
#pragma once
#include <weft/layers/initializer.h>

namespace weft::initializers {

/// Every element is `value`, or the elements of a tensor that broadcasts to the weight's shape. A
/// bare number is a Constant too: .bias_initializer = 0.5. Identifiers: "constant" (0), "Constant".
struct Constant : Ref<Initializer> {
  explicit Constant(double value = 0.0);
  explicit Constant(const Tensor& value);
};

}  // namespace weft::initializers
