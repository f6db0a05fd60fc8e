// What graph/functional/weight_objects.hpp declares: the graph of layers knows no concrete initializer.
#include "graph/functional/weight_objects.hpp"

#include "layers/arguments/registries.hpp"

namespace weft::detail {

Tensor initial_value(const Ref<Initializer>& initializer, const Shape& shape, DType dtype) {
  if (initializer) return (*initializer)(shape, dtype);
  const char* id = dtype.is_floating() ? "glorot_uniform" : "zeros";
  return (*registry<Initializer>().from_id(id, "initializer"))(shape, dtype);
}

Tensor penalty(const Ref<Regularizer>& regularizer, const Tensor& x) { return (*regularizer)(x); }

}  // namespace weft::detail
