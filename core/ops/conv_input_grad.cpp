// conv_input_grad(g, kernel): the gradient of conv's input, of the gradient g `[N, positions...,
// F]` of its output. Padding is explicit and leaves no element over (conv_window.hpp), so that the
// input's sizes follow: size = (positions - 1) * stride + reach - before - behind. Also what
// conv_transpose is.
#include "core/ops/conv_window.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("conv_input_grad", inputs, 2);
  const Shape &g = inputs[0].shape, &kernel = inputs[1].shape;
  ops::check_conv_ranks("conv_input_grad", g, kernel);
  const auto groups = attrs.get<std::int64_t>("groups", 1);
  if (g[-1].known() && kernel[-1].known() && !(g[-1] == kernel[-1]))
    ops::fail("conv_input_grad", "the number of filters differs", "g.shape[-1] == kernel.shape[-1]",
              fmt::format("shapes {} and {}", g.to_string(), kernel.to_string()));
  ops::ConvWindow window("conv_input_grad", attrs, g.rank() - 2);
  window.fit(g, kernel);
  Shape out = {g[0]};
  for (int i = 1; i + 1 < g.rank(); ++i) {
    const ops::ConvDimension& d = window.dims[static_cast<std::size_t>(i - 1)];
    if (!g[i].known()) {
      out.push_back(None);
      continue;
    }
    out.push_back(std::max<std::int64_t>(0, d.size(g[i])));
  }
  out.push_back(kernel[-2].known() ? Dim(kernel[-2] * groups) : None);
  return {{out, ops::product_dtype(inputs, attrs)}};
}

std::vector<Tensor> grad(const GradArgs& a) {
  const Tensor &g = a.inputs[0], &kernel = a.inputs[1], &h = a.grads[0];
  std::vector<Tensor> out(2);
  if (a.wanted[0]) out[0] = apply_one("conv", {h, kernel}, Config(a.attrs).erase("groups"));
  if (a.wanted[1]) {
    ops::Ints size;
    for (int i = 0; i + 2 < kernel.shape().rank(); ++i) size.push_back(kernel.shape()[i]);
    out[1] = apply_one("conv_kernel_grad", {h, g}, Config(a.attrs).set("kernel_size", size));
  }
  return out;
}

}  // namespace

namespace registration {

void op_conv_input_grad() {
  register_op({.name = "conv_input_grad",
               .infer = infer,
               .grad = grad,
               .traits = {.promotion = Promotion::common_floating}});
}

}  // namespace registration
}  // namespace weft
