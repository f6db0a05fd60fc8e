#include <weft/core/ops/conv.h>
#include <weft/core/ops/pointwise/relu_grad.h>
#include <weft/core/ops/reduce.h>
#include <weft/core/ops/transpose.h>

#include "core/ops/conv_window.hpp"

// conv(x, kernel[, bias]): a third input `[F]` is added, and the attribute activation = "relu" is
// applied to the sum: what a pass of the plan makes of a convolution and the pointwise ops behind
// it. `dtype` as of matmul, for conv_input_grad and conv_kernel_grad too.
namespace weft {
namespace {

using ops::ConvWindow;
using ops::fail;

std::string tuple(const ops::Ints& sizes) { return Shape(sizes).to_string(); }

std::string text(const ConfigValue& padding) {
  return detail::kind(padding) == detail::ConfigKind::string ? padding.get<std::string>()
                                                             : detail::to_text(padding);
}

[[noreturn]] void no_position(const Shape& x, const Shape& kernel, const ConvWindow& window,
                              const Config& attrs) {
  ops::Ints strides;
  std::string dilation;
  for (const ops::ConvDimension& d : window.dims) {
    strides.push_back(d.stride);
    dilation += fmt::format("{}{}", dilation.empty() ? "" : " ", d.dilation);
  }
  throw ShapeError(fmt::format(
      "Computed output size would be zero or negative. Received `inputs shape={}`, `kernel "
      "shape={}`, `dilation_rate=[{}]`, `strides={}`, `padding={}`.",
      x.to_string(), kernel.to_string(), dilation, tuple(strides),
      attrs.contains("padding") ? text(attrs["padding"]) : "valid"));
}

void check_epilogue(const std::vector<TensorSpec>& inputs, const Config& attrs, Dim filters) {
  if (inputs.size() == 3 && !(inputs[2].shape == Shape{filters}))
    fail("conv", "the bias does not fit", Shape{filters}.to_string(), inputs[2].shape.to_string());
  const auto activation = attrs.get<std::string>("activation", "");
  if (!activation.empty() && activation != "relu")
    fail("conv", "an activation that conv does not know", "relu", activation);
}

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  if (inputs.size() != 3) ops::check_inputs("conv", inputs, 2);
  const Shape &x = inputs[0].shape, &kernel = inputs[1].shape;
  ops::check_conv_ranks("conv", x, kernel);
  ops::conv_groups("conv", x[-1], kernel[-2], kernel[-1]);
  check_epilogue(inputs, attrs, kernel[-1]);
  ConvWindow window("conv", attrs, x.rank() - 2);
  window.fit(x, kernel);
  Shape out = {x[0]};
  for (int i = 1; i + 1 < x.rank(); ++i) {
    const Dim positions = window.positions(i - 1, x[i]);
    if (positions == 0 && !(x[i] == 0)) no_position(x, kernel, window, attrs);
    out.push_back(positions);
  }
  out.push_back(kernel[-1]);
  return {{out, ops::product_dtype(inputs, attrs)}};
}

std::vector<Tensor> grad(const GradArgs& a) {
  const Tensor &x = a.inputs[0], &kernel = a.inputs[1];
  const bool relu = a.attrs.get<std::string>("activation", "") == "relu";
  const Tensor g = relu ? ops::relu_grad(a.grads[0], a.outputs[0]) : a.grads[0];
  ConvWindow window("conv", a.attrs, x.shape().rank() - 2);
  window.fit(x.shape(), kernel.shape());
  Config attrs = window.explicit_attrs(x.shape(), g.shape());
  attrs.set("groups", x.shape()[-1] / kernel.shape()[-2]);
  std::vector<Tensor> out(a.inputs.size());
  if (a.wanted[0]) out[0] = apply_one("conv_input_grad", {g, kernel}, attrs);
  if (a.wanted[1]) {
    ops::Ints size;
    for (const ops::ConvDimension& d : window.dims) size.push_back(d.window);
    out[1] = apply_one("conv_kernel_grad", {x, g}, attrs.set("kernel_size", size));
  }
  if (a.inputs.size() == 3 && a.wanted[2]) {
    std::vector<int> axes;
    for (int i = 0; i + 1 < g.shape().rank(); ++i) axes.push_back(i);
    out[2] = ops::sum(g, {.axis = axes});
  }
  return out;
}

}  // namespace

namespace ops {

bool is_channels_first(std::string_view op, std::string_view data_format) {
  if (data_format == "channels_first") return true;
  if (data_format == "channels_last") return false;
  fail(op, "the `data_format` argument must be one of {'channels_first', 'channels_last'}",
       "one of them", data_format);
}

Tensor to_channels_last(const Tensor& x) { return moveaxis(x, 1, -1); }
Tensor to_channels_first(const Tensor& x) { return moveaxis(x, -1, 1); }

Tensor conv(const Tensor& x, const Tensor& kernel, ConvOptions options) {
  if (is_channels_first("conv", options.data_format)) {
    options.data_format = "channels_last";
    return to_channels_first(conv(to_channels_last(x), kernel, std::move(options)));
  }
  return apply_one("conv", {x, kernel},
                   {{"strides", sizes_to_config(options.strides)},
                    {"padding", options.padding},
                    {"dilation_rate", sizes_to_config(options.dilation_rate)}});
}

}  // namespace ops

namespace registration {

void op_conv() {
  register_op({.name = "conv",
               .infer = infer,
               .grad = grad,
               .traits = {.promotion = Promotion::common_floating},
               .keras_class = "Conv",
               .keras_module = "nn"});
}

}  // namespace registration
}  // namespace weft
