#include <weft/core/ops/repeat.h>

#include <weft/core/ops/reduce.h>
#include <weft/core/ops/reshape.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::Specs;

/// Both ops: attrs axis, repeats. "repeat" makes 0 0 1 1, "tile_axis" 0 1 0 1.
Specs infer(std::string_view op, const Specs& inputs, const Config& attrs) {
  ops::check_inputs(op, inputs, 1);
  Shape out = inputs[0].shape;
  const int axis = ops::axis_of(op, attrs, out.rank());
  const auto repeats = attrs.get<std::int64_t>("repeats");
  if (repeats < 0) ops::fail(op, "repeats is negative", "0 or more", fmt::format("{}", repeats));
  if (out[axis].known()) out.set(axis, ops::checked_mul(op, out[axis], repeats));
  return {{out, inputs[0].dtype}};
}
Specs infer_repeat(const Specs& inputs, const Config& attrs) {
  return infer("repeat", inputs, attrs);
}
Specs infer_tile(const Specs& inputs, const Config& attrs) { return infer("tile", inputs, attrs); }

/// The sum over the repetitions: [before, size, repeats, after], or with repeats first.
Tensor fold(const GradArgs& args, bool tiled) {
  const Shape from = args.inputs[0].shape();
  const int axis = ops::axis_of("repeat", args.attrs, from.rank());
  const auto repeats = args.attrs.get<std::int64_t>("repeats");
  std::int64_t before = 1, after = 1;
  for (int i = 0; i < axis; ++i) before *= from[i];
  for (int i = axis + 1; i < from.rank(); ++i) after *= from[i];
  const Dim size = from[axis];
  const Shape apart =
      tiled ? Shape{before, repeats, size, after} : Shape{before, size, repeats, after};
  return ops::reshape(ops::sum(ops::reshape(args.grads[0], apart), {.axis = tiled ? 1 : 2}), from);
}
std::vector<Tensor> grad_repeat(const GradArgs& args) { return {fold(args, false)}; }
std::vector<Tensor> grad_tile(const GradArgs& args) { return {fold(args, true)}; }

}  // namespace

namespace ops {

Tensor repeat(const Tensor& x, std::int64_t repeats, std::optional<int> axis) {
  const Tensor from = axis ? x : reshape(x, {-1});
  return apply_one("repeat", {from},
                   {{"repeats", repeats},
                    {"axis", normalize_axis("repeat", axis.value_or(0), from.shape().rank())}});
}

Tensor tile(const Tensor& x, const std::vector<std::int64_t>& repeats) {
  const int missing = static_cast<int>(repeats.size()) - x.shape().rank();
  Tensor y = x;
  if (missing > 0) {
    Shape wider;
    for (int i = 0; i < missing; ++i) wider.push_back(1);
    for (Dim d : x.shape()) wider.push_back(d);
    y = reshape(x, wider);
  }
  const int first = y.shape().rank() - static_cast<int>(repeats.size());
  for (std::size_t i = 0; i < repeats.size(); ++i) {
    if (repeats[i] != 1)
      y = apply_one("tile_axis", {y},
                    {{"repeats", repeats[i]}, {"axis", first + static_cast<int>(i)}});
  }
  return y;
}

}  // namespace ops

namespace registration {

void op_repeat() {
  register_op(
      {.name = "repeat", .infer = infer_repeat, .grad = grad_repeat, .keras_class = "Repeat"});
  register_op({.name = "tile_axis", .infer = infer_tile, .grad = grad_tile});
}

}  // namespace registration
}  // namespace weft
