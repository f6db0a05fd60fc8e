#include <weft/training/losses/hinge.h>

#include "training/builtin_loss.hpp"
#include "training/hinge_labels.hpp"

namespace weft {
namespace losses {

Tensor hinge(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor t = detail::hinge_labels(detail::as_dtype(y_true, y_pred.dtype()));
  return ops::mean(ops::maximum(1.0 - t * y_pred, 0.0), {.axis = -1});
}

Hinge::Hinge(Options options)
    : LossRef(std::make_shared<detail::PlainLoss>("Hinge", "hinge", hinge, options)) {}

}  // namespace losses

namespace registration {
void loss_hinge() { detail::register_plain_loss<losses::Hinge>("Hinge"); }
}  // namespace registration
}  // namespace weft
