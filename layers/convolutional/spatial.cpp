#include "layers/convolutional/spatial.hpp"

#include <fmt/format.h>
#include <weft/core/error.h>
#include <weft/core/ops/transpose.h>

#include <algorithm>
#include <set>

#include "core/config_access.hpp"

namespace weft::layers {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

std::string as_written(const ops::Sizes& sizes) {
  if (!sizes.given()) return "None";
  if (!sizes.is_list()) return std::to_string(sizes.list()[0]);
  return python_tuple(sizes.list());
}

}  // namespace

std::string python_tuple(const Int64s& values) {
  std::string out;
  for (std::int64_t v : values) out += fmt::format("{}{}", out.empty() ? "" : ", ", v);
  return fmt::format("({}{})", out, values.size() == 1 ? "," : "");
}

Int64s standard_tuple(const char* keras_class, const ops::Sizes& sizes, int rank, const char* name,
                      bool allow_zero) {
  const auto count = static_cast<std::size_t>(rank);
  const std::string text =
      fmt::format("{}: The `{}` argument must be a tuple of {} integers. Received {}={}",
                  keras_class, name, rank, name, as_written(sizes));
  if (!sizes.given() || (sizes.is_list() && sizes.list().size() != count)) throw Error(text);
  const Int64s out = sizes.is_list() ? sizes.list() : Int64s(count, sizes.list()[0]);
  std::set<std::int64_t> wrong;
  for (std::int64_t v : out) {
    if (v < (allow_zero ? 0 : 1)) wrong.insert(v);
  }
  if (wrong.empty()) return out;
  std::string values;
  for (std::int64_t v : wrong) values += fmt::format("{}{}", values.empty() ? "" : ", ", v);
  throw Error(fmt::format("{}, including values {{{}}} that do not satisfy `value {}`", text,
                          values, allow_zero ? ">= 0" : "> 0"));
}

std::string standard_padding(const char* keras_class, std::string_view padding, bool allow_causal) {
  std::string name = lower(padding);
  if (name == "valid" || name == "same" || (allow_causal && name == "causal")) return name;
  throw Error(
      fmt::format("{}: The `padding` argument must be one of {{'same', 'valid'{}}}. "
                  "Received: {}",
                  keras_class, allow_causal ? ", 'causal'" : "", name));
}

std::string standard_data_format(const char* keras_class, std::string_view data_format) {
  if (data_format.empty()) return "channels_last";
  std::string name = lower(data_format);
  if (name == "channels_last" || name == "channels_first") return name;
  throw Error(
      fmt::format("{}: The `data_format` argument must be one of {{'channels_first', "
                  "'channels_last'}}. Received: data_format={}",
                  keras_class, name));
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

void read_sizes(const Config& c, const char* key, ops::Sizes& sizes) {
  if (!c.contains(key)) return;
  const ConfigValue value = c[key];
  if (value.is_null())
    sizes = {};
  else if (detail::kind(value) == detail::ConfigKind::list)
    sizes = c.get<Int64s>(key);
  else
    sizes = c.get<std::int64_t>(key);
}

ops::Sizes kernel_size_of(const Config& c) {
  ops::Sizes sizes;
  read_sizes(c, "kernel_size", sizes);
  return sizes;
}

}  // namespace weft::layers
