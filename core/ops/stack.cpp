#include <weft/core/ops/stack.h>

#include <weft/core/ops/concatenate.h>
#include <weft/core/ops/expand_dims.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace ops {

Tensor stack(const Tensors& x, int axis) {
  std::vector<Tensor> parts = x.flat();
  if (parts.empty()) fail("stack", "there is nothing to stack", "at least one tensor", "none");
  const Shape first = parts[0].shape();
  const int place = normalize_axis("stack", axis, first.rank() + 1);
  for (Tensor& part : parts) {
    const Shape shape = part.shape();
    bool fits = shape.rank() == first.rank();
    for (int i = 0; fits && i < first.rank(); ++i) {
      fits = !shape[i].known() || !first[i].known() || shape[i] == first[i];
    }
    if (!fits) fail("stack", "the shapes differ", first.to_string(), shape.to_string());
    part = expand_dims(part, place);
  }
  return concatenate(parts, place);
}

}  // namespace ops

namespace registration {
void op_stack() {}  // made of expand_dims and concatenate
}  // namespace registration
}  // namespace weft
