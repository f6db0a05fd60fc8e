// conv_kernel_grad(x, g): the gradient of conv's kernel `[kernel_size..., C / groups, F]`, of its
// input x and the gradient g `[N, positions..., F]` of its output. Attributes as of
// conv_input_grad, and kernel_size.
#include "core/ops/conv_window.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("conv_kernel_grad", inputs, 2);
  const Shape &x = inputs[0].shape, &g = inputs[1].shape;
  ops::check_conv_ranks("conv_kernel_grad", x, g);
  const ops::Ints size = ops::window_sizes("conv_kernel_grad", attrs, "kernel_size", x.rank() - 2);
  const auto groups = attrs.get<std::int64_t>("groups", 1);
  if (x[0].known() && g[0].known() && !(x[0] == g[0]))
    ops::fail("conv_kernel_grad", "the batches differ", "x.shape[0] == g.shape[0]",
              fmt::format("shapes {} and {}", x.to_string(), g.to_string()));
  Shape out(size);
  out.push_back(x[-1].known() ? Dim(x[-1] / groups) : None);
  out.push_back(g[-1]);
  return {{out, ops::product_dtype(inputs, attrs)}};
}

std::vector<Tensor> grad(const GradArgs& a) {
  const Tensor &x = a.inputs[0], &g = a.inputs[1], &v = a.grads[0];
  const Config attrs = Config(a.attrs).erase("kernel_size");
  std::vector<Tensor> out(2);
  if (a.wanted[0]) out[0] = apply_one("conv_input_grad", {g, v}, attrs);
  if (a.wanted[1]) out[1] = apply_one("conv", {x, v}, Config(attrs).erase("groups"));
  return out;
}

}  // namespace

namespace registration {

void op_conv_kernel_grad() {
  register_op({.name = "conv_kernel_grad",
               .infer = infer,
               .grad = grad,
               .traits = {.promotion = Promotion::common_floating}});
}

}  // namespace registration
}  // namespace weft
