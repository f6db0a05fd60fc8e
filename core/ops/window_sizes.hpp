// What convolution and pooling share: sizes as attributes, and the arithmetic of "same" padding.
#pragma once
#include <weft/core/ops/sizes.h>

#include <algorithm>

#include "core/config_access.hpp"
#include "core/ops/checks.hpp"

namespace weft::ops {

/// The largest size, window, stride and dilation of a spatial dimension: no sum of two products of
/// them overflows, and the place of a maximum is an int32.
constexpr std::int64_t window_size_limit = 2147483647;

/// attrs[key], a positive integer or a list of them, as one for each of `rank` spatial dimensions;
/// ones when it is not there. Throws ShapeError.
inline Ints window_sizes(std::string_view op, const Config& attrs, std::string_view key, int rank) {
  const auto count = static_cast<std::size_t>(rank);
  if (!attrs.contains(key)) return Ints(count, 1);
  const ConfigValue value = attrs[key];
  const bool is_list = detail::kind(value) == detail::ConfigKind::list;
  const Ints sizes = is_list ? value.get<Ints>() : Ints(count, value.get<std::int64_t>());
  const bool positive = std::all_of(sizes.begin(), sizes.end(),
                                    [](std::int64_t s) { return s > 0 && s <= window_size_limit; });
  if (sizes.size() == count && positive) return sizes;
  fail(op, fmt::format("`{}` does not fit", key),
       fmt::format("a positive integer up to {}, or {} of them: one for each spatial dimension",
                   window_size_limit, rank),
       detail::to_text(value));
}

/// As an attribute: one integer, or a list.
inline ConfigValue sizes_to_config(const Sizes& sizes) {
  if (sizes.is_list() || sizes.list().empty()) return sizes.list();
  return sizes.list()[0];
}

/// ceil(size / stride): how many windows "same" has.
inline std::int64_t same_positions(std::int64_t size, std::int64_t stride) {
  return size / stride + (size % stride != 0 ? 1 : 0);
}
/// How many places of padding that takes for windows of `reach` places; the smaller half is before.
inline std::int64_t same_padding(std::int64_t size, std::int64_t stride, std::int64_t reach) {
  return std::max<std::int64_t>(0, (same_positions(size, stride) - 1) * stride + reach - size);
}

}  // namespace weft::ops
