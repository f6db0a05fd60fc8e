#include "layers/convolutional/spatial.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/ops/transpose.h>

#include <algorithm>

#include "core/config_access.hpp"

namespace weft::layers {

std::string standard_padding(const char* keras_class, std::string_view padding, bool allow_causal) {
  std::string name = lower(padding);
  if (name == "valid" || name == "same" || (allow_causal && name == "causal")) return name;
  throw Error(
      fmt::format("{}: The `padding` argument must be one of {{'same', 'valid'{}}}. "
                  "Received: {}",
                  keras_class, allow_causal ? ", 'causal'" : "", name));
}

void check_positive(const char* keras_class, const char* argument, int value) {
  if (value > 0) return;
  throw Error(
      fmt::format("{}: Invalid value for argument `{}`. Expected a strictly positive "
                  "value. Received {}={}.",
                  keras_class, argument, argument, value));
}

void check_strides_and_dilation(const char* keras_class, const ops::Sizes& strides,
                                const ops::Sizes& dilation_rate) {
  const Int64s &s = strides.list(), &d = dilation_rate.list();
  if (*std::max_element(s.begin(), s.end()) <= 1 || *std::max_element(d.begin(), d.end()) <= 1)
    return;
  throw Error(
      fmt::format("{}: `strides > 1` not supported in conjunction with `dilation_rate > "
                  "1`. Received: strides={} and dilation_rate={}",
                  keras_class, python_tuple(s), python_tuple(d)));
}

void OutputSize::check(const Shape& input, Dim filters) const {
  Shape kernel(kernel_size);
  kernel.push_back(input[channel_axis(data_format)]);
  kernel.push_back(filters);
  if (kernel.rank() != input.rank()) {
    throw ShapeError(fmt::format(
        "{}: Kernel shape must have the same length as input, but received kernel of shape {} and "
        "input of shape {}.",
        layer, kernel.to_string(), input.to_string()));
  }
  if (padding != "valid") return;
  const int first = channel_axis(data_format) == 1 ? 2 : 1;
  std::string dilation;
  bool fits = true;
  for (std::size_t i = 0; i < kernel_size.size(); ++i) {
    const Dim size = input[first + static_cast<int>(i)];
    fits = fits && (!size.known() || size > dilation_rate[i] * (kernel_size[i] - 1));
    dilation += fmt::format("{}{}", dilation.empty() ? "" : " ", dilation_rate[i]);
  }
  if (fits) return;
  throw ShapeError(fmt::format(
      "{}: Computed output size would be zero or negative. Received `inputs shape={}`, `kernel "
      "shape={}`, `dilation_rate=[{}]`, `strides={}`, `padding={}`.",
      layer, input.to_string(), kernel.to_string(), dilation, python_tuple(strides), padding));
}

Tensor finish(Tensor y, const Variable& bias, const std::string& data_format, DType dtype,
              const weft::Activation& activation) {
  if (bias) y = y + bias.value().astype(dtype);
  if (channel_axis(data_format) == 1) y = ops::moveaxis(y, -1, 1);
  return activation(y);
}

Tensor channels_last(const Tensor& x, const std::string& data_format) {
  return channel_axis(data_format) == 1 ? ops::moveaxis(x, 1, -1) : x;
}

ops::Sizes kernel_size_of(const Config& c) {
  ops::Sizes sizes;
  read_sizes(c, "kernel_size", sizes);
  return sizes;
}

}  // namespace weft::layers
