#include <weft/core/ops/sort.h>

#include <weft/core/ops/take_along_axis.h>
#include <weft/core/ops/transpose.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::fail;
using ops::Specs;

/// argsort, along the last axis; attrs "descending", "count": only the first so many.
Specs infer(const Specs& inputs, const Config& attrs) {
  ops::check_inputs("argsort", inputs, 1);
  Shape out = inputs[0].shape;
  if (out.rank() == 0) fail("argsort", "x is a scalar", "rank 1 or more", "x.shape=()");
  const auto count = attrs.get<std::optional<std::int64_t>>("count", {});
  if (count) {
    if (*count < 0 || (out[-1].known() && *count > out[-1])) {
      fail("top_k", "k is out of range", "0 <= k <= " + ops::dim_text(out[-1]),
           fmt::format("k={}", *count));
    }
    out.set(-1, *count);
  }
  return {{out, DType::int32}};
}

Specs infer_in_top_k(const Specs& inputs, const Config&) {
  ops::check_inputs("in_top_k", inputs, 2);
  const Shape &targets = inputs[0].shape, &predictions = inputs[1].shape;
  if (!inputs[0].dtype.is_integer()) {
    fail<DtypeError>("in_top_k", "targets are no integers", "an integer dtype",
                     inputs[0].dtype.name());
  }
  const bool same =
      predictions.rank() == 2 && targets.rank() == 1 &&
      (!targets[0].known() || !predictions[0].known() || targets[0] == predictions[0]);
  if (!same) {
    fail("in_top_k", "targets and predictions do not fit", "targets (N,) and predictions (N, C)",
         targets.to_string() + " and " + predictions.to_string());
  }
  return {{targets, DType::boolean}};
}

}  // namespace

namespace ops {

Tensor argsort(const Tensor& x, int axis) {
  const int rank = x.shape().rank(), place = normalize_axis("argsort", axis, rank);
  if (place == rank - 1) return apply_one("argsort", {x});
  return swapaxes(apply_one("argsort", {swapaxes(x, place, -1)}), place, -1);
}

Tensor sort(const Tensor& x, int axis) {
  const int place = normalize_axis("sort", axis, x.shape().rank());
  return take_along_axis(x, argsort(x, place), place);
}

TopK top_k(const Tensor& x, int k) {
  if (x.shape().rank() == 0) fail("top_k", "x is a scalar", "rank 1 or more", "x.shape=()");
  const Tensor indices = apply_one("argsort", {x}, {{"descending", true}, {"count", k}});
  return {take_along_axis(x, indices, -1), indices};
}

Tensor in_top_k(const Tensor& targets, const Tensor& predictions, int k) {
  return apply_one("in_top_k", {targets, predictions}, {{"k", k}});
}

}  // namespace ops

namespace registration {

void op_sort() {
  register_op({.name = "argsort", .infer = infer, .keras_class = "Argsort"});
  register_op({.name = "in_top_k",
               .infer = infer_in_top_k,
               .keras_class = "InTopK",
               .keras_module = "math"});
}

}  // namespace registration
}  // namespace weft
