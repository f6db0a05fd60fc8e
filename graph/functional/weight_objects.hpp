// What the graph of layers asks of initializers and regularizers, whose classes belong to layers/:
// declared here, defined in layers/arguments/weight_objects.cpp.
#pragma once
#include <weft/core/config.h>
#include <weft/core/ref.h>

namespace weft::detail {

/// The first value of a weight. A null `initializer`: glorot_uniform for floating dtypes, else
/// zeros.
Tensor initial_value(const Ref<Initializer>& initializer, const Shape& shape, DType dtype);
/// The penalty on a tensor.
Tensor penalty(const Ref<Regularizer>& regularizer, const Tensor& x);
/// What files say of it.
Config regularizer_config(const Ref<Regularizer>& regularizer);

}  // namespace weft::detail
