// The helpers of op.h: axes, broadcasting and its reverse.
#include <weft/core/error.h>
#include <weft/core/op.h>
#include <weft/core/ops/reduce.h>
#include <weft/core/ops/reshape.h>

#include <algorithm>

#include "core/ops/checks.hpp"

namespace weft::ops {

void no_second_order(std::string_view op) {
  throw GraphError(fmt::format(
      "{}: its gradient has no gradient. Expected: first derivatives only through this op. "
      "Received: a second derivative",
      op));
}

int normalize_axis(std::string_view op, std::int64_t axis, int rank) {
  if (rank == 0) {
    fail(op, "axis is out of range", "no axis, as x is a scalar", fmt::format("axis={}", axis));
  }
  if (axis < -rank || axis >= rank) {
    fail(op, "axis is out of range", fmt::format("{} <= axis < {}", -rank, rank),
         fmt::format("axis={}", axis));
  }
  return static_cast<int>(axis < 0 ? axis + rank : axis);
}

Shape broadcast_shapes(std::string_view op, const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  Shape out;
  for (int i = 0; i < rank; ++i) {
    const Dim x = i < rank - a.rank() ? Dim(1) : a[i - (rank - a.rank())];
    const Dim y = i < rank - b.rank() ? Dim(1) : b[i - (rank - b.rank())];
    if (x == y || y == 1) {
      out.push_back(x);
    } else if (x == 1) {
      out.push_back(y);
    } else if (!x.known() || !y.known()) {
      out.push_back(
          x.known() ? x : y);  // None meets a number above 1: it can only be that number (or 1)
    } else {
      fail(op, "the shapes do not broadcast", "equal dimensions, or 1, counted from the last",
           a.to_string() + " and " + b.to_string());
    }
  }
  return out;
}

Tensor sum_to(const Tensor& x, const Shape& shape) {
  const Shape from = x.shape();
  if (from == shape) return x;
  const int extra = from.rank() - shape.rank();
  if (extra < 0)
    fail("sum_to", "the shape has more dimensions", from.to_string(), shape.to_string());
  std::vector<int> axes;
  for (int i = 0; i < from.rank(); ++i) {
    if (i < extra || (shape[i - extra] == 1 && !(from[i] == 1))) axes.push_back(i);
  }
  Tensor y = axes.empty() ? x : sum(x, {.axis = axes, .keepdims = true});
  return extra > 0 ? reshape(y, shape) : y;
}

}  // namespace weft::ops
