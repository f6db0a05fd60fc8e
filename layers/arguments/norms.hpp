// Vector norms of weights, for the constraints.
#pragma once
#include <weft/core/ops/axes.h>
#include <weft/core/ops/pointwise/sqrt.h>
#include <weft/core/ops/pointwise/square.h>
#include <weft/core/ops/reduce.h>

#include "core/config_access.hpp"

namespace weft::detail {

/// Euclidean norms along `axis`, which stays with size 1.
inline Tensor norms(const Tensor& w, const std::vector<int>& axis) {
  return ops::sqrt(ops::sum(ops::square(w), {.axis = axis, .keepdims = true}));
}

/// One axis as an integer, several as a list: as Keras keeps what it was given.
inline ConfigValue axis_to_config(const std::vector<int>& axis) {
  if (axis.size() == 1) return axis[0];
  return axis;
}

/// The reverse; 0 when the key is not there.
inline std::vector<int> axis_of(const Config& c) {
  if (!c.contains("axis")) return {0};
  if (kind(c["axis"]) == ConfigKind::list) return c.get<std::vector<int>>("axis");
  return {c.get<int>("axis")};
}

}  // namespace weft::detail
