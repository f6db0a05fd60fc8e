#include "training/builtin_loss.hpp"

#include <fmt/core.h>

namespace weft::detail {

std::pair<Tensor, Tensor> alike(const Tensor& y_true, const Tensor& y_pred) {
  return squeeze_or_expand_to_same_rank(as_dtype(y_true, y_pred.dtype()), y_pred);
}

void check_same_shape(const char* what, const Tensor& y_true, const Tensor& y_pred) {
  if (y_true.shape() == y_pred.shape()) return;
  throw ShapeError(fmt::format(
      "{}: arguments `y_true` and `y_pred` must have the same shape. Expected: y_true.shape={}. "
      "Received: y_true.shape={}.",
      what, y_pred.shape().to_string(), y_true.shape().to_string()));
}

void check_label_smoothing(const char* what, double label_smoothing) {
  if (label_smoothing >= 0 && label_smoothing <= 1) return;
  throw Error(
      fmt::format("{}: `label_smoothing` is out of range. Expected: a number in [0, 1]. Received: "
                  "label_smoothing={}",
                  what, python_repr(label_smoothing)));
}

}  // namespace weft::detail
