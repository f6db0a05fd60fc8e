#include <weft/core/ops/pad.h>

#include <weft/core/ops/slice.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

using Widths = std::vector<ops::Ints>;

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("pad", inputs, 1);
  const Shape& from = inputs[0].shape;
  const auto widths = attrs.get<Widths>("pad_width");
  if (static_cast<int>(widths.size()) != from.rank()) {
    ops::fail("pad", "pad_width does not fit x",
              fmt::format("one {{before, after}} for each of {} axes", from.rank()),
              fmt::format("{}", widths.size()));
  }
  Shape out;
  for (int i = 0; i < from.rank(); ++i) {
    const ops::Ints& w = widths[static_cast<std::size_t>(i)];
    if (w.size() != 2 || w[0] < 0 || w[1] < 0) {
      ops::fail("pad", fmt::format("the width of axis {} is wrong", i),
                "{before, after}, 0 or more", Shape(w).to_string());
    }
    out.push_back(from[i].known()
                      ? Dim(ops::checked_add("pad", ops::checked_add("pad", from[i], w[0]), w[1]))
                      : None);
  }
  return {{out, inputs[0].dtype}};
}

std::vector<Tensor> grad(const GradArgs& args) {
  std::vector<Index> middle;
  const Shape from = args.inputs[0].shape();
  const auto widths = args.attrs.get<Widths>("pad_width");
  for (int i = 0; i < from.rank(); ++i) {
    const std::int64_t before = widths[static_cast<std::size_t>(i)][0];
    middle.emplace_back(Slice{before, before + from[i], {}});
  }
  return {ops::getitem(args.grads[0], middle)};
}

}  // namespace

namespace ops {

Tensor pad(const Tensor& x, const std::vector<std::pair<std::int64_t, std::int64_t>>& pad_width,
           PadOptions options) {
  Widths widths;
  for (const auto& [before, after] : pad_width) widths.push_back({before, after});
  return apply_one("pad", {x},
                   {{"pad_width", widths}, {"constant_values", options.constant_values}});
}

}  // namespace ops

namespace registration {

void op_pad() { register_op({.name = "pad", .infer = infer, .grad = grad, .keras_class = "Pad"}); }

}  // namespace registration
}  // namespace weft
