#include <weft/core/ops/reshape.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::fail;

[[noreturn]] void refuse(const char* what, const Shape& from, const Shape& to) {
  fail("reshape", what,
       "a shape of " + (from.known() ? std::to_string(from.size()) : "as many") + " elements",
       "x.shape=" + from.to_string() + ", newshape=" + to.to_string());
}

/// Replaces None by the dimension of `from` at the same place; a None beyond its rank, or the only
/// one without a -1, is -1.
Shape fill_none(const Shape& from, const Shape& to) {
  int unknown = 0;
  bool inferred = false;
  for (Dim d : to) {
    unknown += d.known() ? 0 : 1;
    inferred = inferred || d == -1;
  }
  Shape out = to;
  for (int i = 0; i < to.rank(); ++i) {
    if (to[i].known()) continue;
    if (unknown == 1 && !inferred) {
      out.set(i, -1);
    } else if (i < from.rank()) {
      out.set(i, from[i]);
    }
  }
  return out;
}

Shape resolve(const Shape& from, const Shape& target) {
  Shape to = fill_none(from, target);
  int inferred = -1, unknown = 0;
  std::int64_t known = 1;
  for (int i = 0; i < to.rank(); ++i) {
    if (!to[i].known()) {
      ++unknown;
    } else if (to[i] == -1) {
      if (inferred >= 0) refuse("more than one dimension is -1", from, target);
      inferred = i;
    } else if (to[i] < 0) {
      refuse("a dimension is negative", from, target);
    } else {
      known *= to[i];
    }
  }
  std::int64_t size = 1;
  int from_unknown = 0;
  for (Dim d : from) {
    if (d.known()) {
      size *= d;
    } else {
      ++from_unknown;
    }
  }
  if (inferred < 0) {
    if (unknown == from_unknown && known != size) refuse("the sizes differ", from, target);
    if (from_unknown == 0 && unknown > 0)
      refuse("a dimension is None, but x is known", from, target);
    return to;
  }
  // Each None of the target is one of x's: what remains of both is known numbers.
  if (unknown != from_unknown) {
    to.set(inferred, None);
    return to;
  }
  if (known == 0 ? size != 0 : size % known != 0) refuse("-1 cannot be inferred", from, target);
  to.set(inferred, known == 0 ? 0 : size / known);
  return to;
}

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("reshape", inputs, 1);
  return {{resolve(inputs[0].shape, attrs.get<Shape>("shape")), inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  return {ops::reshape(args.grads[0], args.inputs[0].shape())};
}

}  // namespace

namespace ops {

Tensor reshape(const Tensor& x, const Shape& newshape) {
  return apply_one("reshape", {x}, {{"shape", newshape}});
}

}  // namespace ops

namespace registration {

void op_reshape() {
  register_op({.name = "reshape",
               .infer = infer,
               .grad = grad,
               .traits = {.view = true},
               .keras_class = "Reshape"});
}

}  // namespace registration
}  // namespace weft
