#include "graph/functional/weight_objects.hpp"

#include <weft/layers/initializer.h>
#include <weft/layers/initializers/glorot.h>
#include <weft/layers/initializers/zeros.h>
#include <weft/layers/regularizer.h>

namespace weft::detail {

Tensor initial_value(const Ref<Initializer>& initializer, const Shape& shape, DType dtype) {
  if (initializer) return (*initializer)(shape, dtype);
  if (dtype.is_floating()) return (*initializers::GlorotUniform())(shape, dtype);
  return (*initializers::Zeros())(shape, dtype);
}

Tensor penalty(const Ref<Regularizer>& regularizer, const Tensor& x) { return (*regularizer)(x); }

Config regularizer_config(const Ref<Regularizer>& regularizer) { return serialize(*regularizer); }

}  // namespace weft::detail
