// What the attributes of a pooling op say about an input: sizes, strides and padding by axis.
#pragma once
#include <algorithm>
#include <string>

#include "core/config_access.hpp"
#include "core/ops/checks.hpp"

namespace weft::ops {

/// Windows along one axis of size `in`: number o of `out` begins at o * stride - before.
struct PoolWindows {
  std::int64_t in = 1, out = 1, size = 1, stride = 1, before = 0;
};

struct PoolAttrs {
  Ints size, strides;
  bool same = false;
};

/// The largest size, and the largest number of places in a window: the place of a maximum is an
/// int32.
constexpr std::int64_t pool_size_limit = 2147483647;

/// attrs[key], an integer or a list of them, as one for each of `rank` spatial axes.
inline Ints pool_sizes(std::string_view op, const Config& attrs, const char* key, int rank) {
  const ConfigValue value = attrs[key];
  Ints sizes = detail::kind(value) == detail::ConfigKind::list ? value.get<Ints>()
                                                               : Ints{value.get<std::int64_t>()};
  if (sizes.size() == 1) sizes.assign(static_cast<std::size_t>(rank), sizes[0]);
  const bool positive =
      std::all_of(sizes.begin(), sizes.end(), [](auto s) { return s > 0 && s <= pool_size_limit; });
  if (static_cast<int>(sizes.size()) == rank && positive) return sizes;
  fail(op, fmt::format("{} does not fit x", key),
       fmt::format("an integer from 1 to {}, or {} of them", pool_size_limit, rank),
       detail::to_text(value));
}

/// Keras's keys: pool_size, strides (null: pool_size), padding.
inline PoolAttrs pool_attrs(std::string_view op, const Config& attrs, int rank) {
  PoolAttrs a;
  a.size = pool_sizes(op, attrs, "pool_size", rank);
  const bool given = attrs.contains("strides") && !attrs["strides"].is_null();
  a.strides = given ? pool_sizes(op, attrs, "strides", rank) : a.size;
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
    w.out = (in + stride - 1) / stride;
    w.before = std::max<std::int64_t>((w.out - 1) * stride + size - in, 0) / 2;
  } else {
    w.out = in < size ? 0 : (in - size) / stride + 1;
  }
  return w;
}

}  // namespace weft::ops
