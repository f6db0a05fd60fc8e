#include <weft/core/ops/conv_transpose.h>

#include "core/ops/conv_window.hpp"

namespace weft {
namespace ops {
namespace {

// Keras's rule: which part of the full output, of (size - 1) * stride + reach positions, is kept.
void crop(ConvDimension& d, bool same, std::optional<std::int64_t> output_padding) {
  const std::int64_t reach = d.reach();
  if (!same) {
    d.behind = -output_padding.value_or(std::max(reach, d.stride) - reach);
    return;
  }
  // Zeros around x, between whose elements there are stride - 1 others.
  const std::int64_t zeros =
      output_padding ? reach + reach % 2 - 2 + *output_padding : d.stride + reach - 2;
  const std::int64_t left = std::min((zeros + 1) / 2, reach - 1);
  d.before = reach - 1 - left;
  d.behind = reach - 1 - (zeros - left);
}

}  // namespace

Tensor conv_transpose(const Tensor& x, const Tensor& kernel, ConvTransposeOptions options) {
  constexpr std::string_view op = "conv_transpose";
  if (is_channels_first(op, options.data_format)) {
    options.data_format = "channels_last";
    return to_channels_first(conv_transpose(to_channels_last(x), kernel, std::move(options)));
  }
  const Shape from = x.shape(), window = kernel.shape();
  check_conv_ranks(op, from, window);
  const int rank = from.rank() - 2;
  if (from[-1].known() && window[-1].known() && !(from[-1] == window[-1])) {
    throw ShapeError(fmt::format(
        "{}: The number of input channels must match the kernel's input channels. Received: input "
        "channels={}, kernel input channels={}, data_format='channels_last'.",
        op, dim_text(from[-1]), dim_text(window[-1])));
  }
  const Config attrs = {{"strides", sizes_to_config(options.strides)},
                        {"padding", options.padding},
                        {"dilation_rate", sizes_to_config(options.dilation_rate)}};
  ConvWindow w(op, attrs, rank);
  w.fit(from, window);
  const Sizes& more = options.output_padding;
  if (more.given() && more.is_list() && static_cast<int>(more.list().size()) != rank)
    fail(op, "`output_padding` does not fit",
         fmt::format("an integer, or {} of them: one for each spatial dimension", rank),
         detail::to_text(ConfigValue(more.list())));
  Ints strides, dilation;
  std::vector<Ints> padding;
  for (std::size_t i = 0; i < w.dims.size(); ++i) {
    ConvDimension& d = w.dims[i];
    d.before = d.behind = 0;
    std::optional<std::int64_t> extra;
    if (more.given()) extra = more.list()[more.is_list() ? i : 0];
    if (extra && (*extra < -window_size_limit || *extra > window_size_limit)) {
      fail(op, "`output_padding` does not fit", fmt::format("numbers up to {}", window_size_limit),
           fmt::format("{}", *extra));
    }
    crop(d, w.same, extra);
    strides.push_back(d.stride);
    dilation.push_back(d.dilation);
    padding.push_back({d.before, d.behind});
  }
  return apply_one(
      "conv_input_grad", {x, kernel},
      {{"strides", strides}, {"padding", padding}, {"dilation_rate", dilation}, {"groups", 1}});
}

}  // namespace ops

namespace registration {
void op_conv_transpose() {}  // is conv_input_grad with Keras's output size
}  // namespace registration
}  // namespace weft
