#include <weft/training/losses/squared_hinge.h>

#include "training/builtin_loss.hpp"
#include "training/hinge_labels.hpp"

namespace weft {
namespace losses {

Tensor squared_hinge(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor t = detail::hinge_labels(detail::as_dtype(y_true, y_pred.dtype()));
  return ops::mean(ops::square(ops::maximum(1.0 - t * y_pred, 0.0)), {.axis = -1});
}

SquaredHinge::SquaredHinge(Options options)
    : LossRef(std::make_shared<detail::PlainLoss>("SquaredHinge", "squared_hinge", squared_hinge,
                                                  options)) {}

}  // namespace losses

namespace registration {
void loss_squared_hinge() { detail::register_plain_loss<losses::SquaredHinge>("SquaredHinge"); }
}  // namespace registration
}  // namespace weft
