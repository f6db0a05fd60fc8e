// What the attributes of a pooling op say about an input: sizes, strides and padding by axis.
#pragma once
#include <string>

#include "core/ops/window_sizes.hpp"

namespace weft::ops {

/// Windows along one axis of size `in`: number o of `out` begins at o * stride - before.
struct PoolWindows {
  std::int64_t in = 1, out = 1, size = 1, stride = 1, before = 0;
};

struct PoolAttrs {
  Ints size, strides;
  bool same = false;
};

/// Keras's keys: pool_size, strides (null: pool_size), padding.
inline PoolAttrs pool_attrs(std::string_view op, const Config& attrs, int rank) {
  PoolAttrs a;
  a.size = window_sizes(op, attrs, "pool_size", rank);
  const bool given = attrs.contains("strides") && !attrs["strides"].is_null();
  a.strides = given ? window_sizes(op, attrs, "strides", rank) : a.size;
  const auto padding = attrs.get<std::string>("padding", "valid");
  if (padding != "valid" && padding != "same") {
    throw Error(
        fmt::format("{}: Argument `padding` must be either 'valid' or 'same'. Received: "
                    "padding={}",
                    op, padding));
  }
  a.same = padding == "same";
  return a;
}

/// The windows along an axis of size `in`; `out` is 0 or below where none fits.
inline PoolWindows pool_windows(std::int64_t in, std::int64_t size, std::int64_t stride,
                                bool same) {
  PoolWindows w{in, 0, size, stride, 0};
  if (same) {
    w.out = same_positions(in, stride);
    w.before = same_padding(in, stride, size) / 2;
  } else {
    w.out = in < size ? 0 : (in - size) / stride + 1;
  }
  return w;
}

}  // namespace weft::ops
