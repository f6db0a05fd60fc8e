#include <weft/training/losses/categorical_hinge.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {

Tensor categorical_hinge(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor t = detail::as_dtype(y_true, y_pred.dtype());
  const Tensor pos = ops::sum(t * y_pred, {.axis = -1});
  const Tensor neg = ops::max((1.0 - t) * y_pred, {.axis = -1});
  return ops::maximum(neg - pos + 1.0, 0.0);
}

CategoricalHinge::CategoricalHinge(Options options)
    : LossRef(std::make_shared<detail::PlainLoss>("CategoricalHinge", "categorical_hinge",
                                                  categorical_hinge, options)) {}

}  // namespace losses

namespace registration {
void loss_categorical_hinge() {
  detail::register_plain_loss<losses::CategoricalHinge>("CategoricalHinge");
}
}  // namespace registration
}  // namespace weft
