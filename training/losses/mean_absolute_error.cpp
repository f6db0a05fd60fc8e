#include <weft/training/losses/mean_absolute_error.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {

Tensor mean_absolute_error(const Tensor& y_true, const Tensor& y_pred) {
  const auto [t, p] = detail::alike(y_true, y_pred);
  return ops::mean(ops::abs(t - p), {.axis = -1});
}

MeanAbsoluteError::MeanAbsoluteError(Options options)
    : LossRef(std::make_shared<detail::PlainLoss>("MeanAbsoluteError", "mean_absolute_error",
                                                  mean_absolute_error, options)) {}

}  // namespace losses

namespace registration {
void loss_mean_absolute_error() {
  detail::register_plain_loss<losses::MeanAbsoluteError>("MeanAbsoluteError", {"mae", "MAE"});
}
}  // namespace registration
}  // namespace weft
