// What the ops conv, conv_input_grad and conv_kernel_grad share: their attributes and the
// arithmetic of windows.
//   strides, dilation_rate   one integer, or one per spatial dimension
//   padding                  "valid", "same", or [[before, behind], ...] per spatial dimension;
//                            `behind` may be negative: elements of x that no window reaches
#pragma once
#include "core/ops/window_sizes.hpp"

namespace weft::ops {

/// One spatial dimension: position o of the output reads elements o * stride + k * dilation -
/// before of the input, for k in [0, window).
struct ConvDimension {
  std::int64_t stride = 1, dilation = 1, window = 1, before = 0, behind = 0;

  /// How far a window reaches.
  std::int64_t reach() const { return (window - 1) * dilation + 1; }
  std::int64_t positions(std::int64_t size) const {
    const std::int64_t room = size + before + behind - reach();
    return room < 0 ? 0 : room / stride + 1;
  }
  /// The smallest input that has so many positions.
  std::int64_t size(std::int64_t positions) const {
    return (positions - 1) * stride + reach() - before - behind;
  }
  /// Sets the padding that gives ceil(size / stride) positions.
  void pad_same(std::int64_t size) {
    const std::int64_t total = same_padding(size, stride, reach());
    before = total / 2;
    behind = total - before;
  }
  /// Makes `behind` so that exactly `positions` fit into `size` and nothing is left over.
  void fit(std::int64_t size, std::int64_t positions) {
    behind = (positions - 1) * stride + reach() - before - size;
  }
};

/// Strides, dilation and explicit padding of every spatial dimension; "valid" is no padding, "same"
/// is left to the caller, who knows the sizes.
struct ConvWindow {
  std::vector<ConvDimension> dims;
  bool same = false;

  ConvWindow(std::string_view op, const Config& attrs, int rank)
      : dims(static_cast<std::size_t>(rank)), op_(op) {
    const Ints strides = window_sizes(op, attrs, "strides", rank),
               dilation = window_sizes(op, attrs, "dilation_rate", rank);
    for (std::size_t i = 0; i < dims.size(); ++i) {
      dims[i].stride = strides[i];
      dims[i].dilation = dilation[i];
    }
    if (attrs.contains("padding")) read_padding(op, attrs["padding"]);
  }

  /// Takes the windows from a kernel `[window..., _, _]` and pads for the input `[N, spatial...,
  /// C]`, whose dimensions may be None.
  void fit(const Shape& input, const Shape& kernel) {
    for (std::size_t i = 0; i < dims.size(); ++i) {
      const Dim window = kernel[static_cast<int>(i)], size = input[static_cast<int>(i) + 1];
      if (window.known() && (window < 1 || window > window_size_limit))
        fail(op_, "the kernel's window does not fit",
             fmt::format("sizes from 1 to {}", window_size_limit),
             "kernel.shape=" + kernel.to_string());
      if (size.known() && size > window_size_limit)
        fail(op_, "x is too large", fmt::format("spatial sizes up to {}", window_size_limit),
             "x.shape=" + input.to_string());
      dims[i].window = window;
      if (same && size.known()) dims[i].pad_same(size);
    }
  }

  /// Positions of an input dimension; None when it is.
  Dim positions(int i, Dim size) const {
    const ConvDimension& d = dims[static_cast<std::size_t>(i)];
    if (!size.known()) return None;
    return d.positions(size);
  }

  /// The attributes that say the same with explicit padding, for known shapes.
  Config explicit_attrs(const Shape& input, const Shape& output) const {
    Ints strides, dilation;
    std::vector<Ints> padding;
    for (std::size_t i = 0; i < dims.size(); ++i) {
      ConvDimension d = dims[i];
      const int axis = static_cast<int>(i) + 1;
      d.fit(input[axis], output[axis]);
      strides.push_back(d.stride);
      dilation.push_back(d.dilation);
      padding.push_back({d.before, d.behind});
    }
    return {{"strides", strides}, {"padding", padding}, {"dilation_rate", dilation}};
  }

 private:
  std::string op_;

  void read_padding(std::string_view op, const ConfigValue& value) {
    if (detail::kind(value) == detail::ConfigKind::string) {
      const auto name = value.get<std::string>();
      same = name == "same";
      if (same || name == "valid") return;
      throw ShapeError(fmt::format(
          "{}: `padding` must be either `'valid'` or `'same'`. Received {}.", op, name));
    }
    const auto pairs = value.get<std::vector<Ints>>();
    if (pairs.size() != dims.size())
      fail(op, "`padding` does not fit",
           fmt::format("{} pairs, one for each spatial dimension", dims.size()),
           detail::to_text(value));
    for (std::size_t i = 0; i < dims.size(); ++i) {
      if (pairs[i].size() != 2)
        fail(op, "`padding` does not fit", "[before, behind]", detail::to_text(value));
      dims[i].before = pairs[i][0];
      dims[i].behind = pairs[i][1];
    }
  }
};

/// Throws ShapeError unless the shapes have the same rank of 3, 4 or 5.
inline void check_conv_ranks(std::string_view op, const Shape& a, const Shape& b) {
  if (a.rank() == b.rank() && a.rank() >= 3 && a.rank() <= 5) return;
  fail(op, "the ranks do not fit",
       "x [N, spatial..., C] and kernel [window..., C, F] of the same rank, with one to three "
       "spatial dimensions",
       fmt::format("shapes {} and {}", a.to_string(), b.to_string()));
}

/// How many groups of channels there are; throws ShapeError when channels or filters do not divide.
/// Unknown channels are one group.
inline std::int64_t conv_groups(std::string_view op, Dim channels, Dim per_group, Dim filters) {
  if (!channels.known() || !per_group.known()) return 1;
  if (channels == 0 || per_group == 0 || channels % per_group != 0) {
    throw ShapeError(fmt::format(
        "{}: The number of input channels must be evenly divisible by kernel's in_channels. "
        "Received input channels {} and kernel in_channels {}. ",
        op, dim_text(channels), dim_text(per_group)));
  }
  const std::int64_t groups = channels / per_group;
  if (filters.known() && filters % groups != 0) {
    throw ShapeError(fmt::format(
        "{}: The number of filters must be evenly divisible by the number of groups. Received: "
        "groups={}, filters={}.",
        op, groups, dim_text(filters)));
  }
  return groups;
}

/// Throws ShapeError for another name than Keras's two.
bool is_channels_first(std::string_view op, std::string_view data_format);
/// `[N, C, ...]` as `[N, ..., C]`, and back.
Tensor to_channels_last(const Tensor& x);
Tensor to_channels_first(const Tensor& x);

}  // namespace weft::ops
