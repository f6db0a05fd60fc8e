// What the ops' infer functions share: errors in one form, axes out of attributes, dimensions that
// may be None.
#pragma once
#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/op.h>

#include <optional>
#include <string>
#include <vector>

namespace weft::ops {

using Specs = std::vector<TensorSpec>;
using Ints = std::vector<std::int64_t>;

/// "{op}: {what}. Expected: {expected}. Received: {received}".
template <class E = ShapeError>
[[noreturn]] inline void fail(std::string_view op, std::string_view what, std::string_view expected,
                              std::string_view received) {
  throw E(fmt::format("{}: {}. Expected: {}. Received: {}", op, what, expected, received));
}

/// Throws GraphError unless there are `count` inputs.
inline void check_inputs(std::string_view op, const Specs& inputs, std::size_t count) {
  if (inputs.size() == count) return;
  fail<GraphError>(op, "wrong number of inputs", fmt::format("{}", count),
                   fmt::format("{}", inputs.size()));
}

/// What a product's sums are given in: its attribute `dtype`, which a pass of the plan sets where
/// it makes the operands narrower, or else the dtype of the operands.
inline DType product_dtype(const Specs& inputs, const Config& attrs) {
  return attrs.contains("dtype") ? attrs.get<DType>("dtype") : inputs[0].dtype;
}

inline std::string dim_text(Dim d) {
  return d.known() ? std::to_string(static_cast<std::int64_t>(d)) : "None";
}

/// a + b and a * b of sizes; throw ShapeError where the result is no size.
inline std::int64_t checked_add(std::string_view op, std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  fail(op, "the result is too large", "dimensions below 2^63", fmt::format("{} + {}", a, b));
}
inline std::int64_t checked_mul(std::string_view op, std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(a, b, &product)) return product;
  fail(op, "the result is too large", "dimensions below 2^63", fmt::format("{} * {}", a, b));
}

/// attrs[key] as a list of axes, each counted from the front; an absent or null value is none.
inline std::optional<Ints> axes_of(std::string_view op, const Config& attrs, int rank,
                                   std::string_view key = "axis") {
  if (!attrs.contains(key) || attrs[key].is_null()) return std::nullopt;
  Ints axes = attrs.get<Ints>(key);
  std::vector<bool> seen(static_cast<std::size_t>(rank), false);
  for (std::int64_t& axis : axes) {
    axis = normalize_axis(op, axis, rank);
    if (seen[static_cast<std::size_t>(axis)]) {
      fail(op, "an axis is named twice", "distinct axes", fmt::format("axis {} again", axis));
    }
    seen[static_cast<std::size_t>(axis)] = true;
  }
  return axes;
}

/// The same, none meaning all axes.
inline Ints axes_or_all(std::string_view op, const Config& attrs, int rank) {
  if (auto axes = axes_of(op, attrs, rank)) return *axes;
  Ints all;
  for (int i = 0; i < rank; ++i) all.push_back(i);
  return all;
}

/// attrs["axis"] as one axis counted from the front.
inline int axis_of(std::string_view op, const Config& attrs, int rank) {
  return normalize_axis(op, attrs.get<std::int64_t>("axis"), rank);
}

/// `shape` with the marked axes 1 (keepdims) or gone.
inline Shape reduced_shape(const Shape& shape, const Ints& axes, bool keepdims) {
  Shape out;
  for (int i = 0; i < shape.rank(); ++i) {
    bool gone = false;
    for (std::int64_t axis : axes) gone = gone || axis == i;
    if (!gone) {
      out.push_back(shape[i]);
    } else if (keepdims) {
      out.push_back(1);
    }
  }
  return out;
}

}  // namespace weft::ops
