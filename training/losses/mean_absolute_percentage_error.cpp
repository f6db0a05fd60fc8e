#include <weft/training/losses/mean_absolute_percentage_error.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {

Tensor mean_absolute_percentage_error(const Tensor& y_true, const Tensor& y_pred) {
  const auto [t, p] = detail::alike(y_true, y_pred);
  return 100.0 * ops::mean(ops::abs((t - p) / ops::maximum(ops::abs(t), epsilon())), {.axis = -1});
}

MeanAbsolutePercentageError::MeanAbsolutePercentageError(Options options)
    : LossRef(std::make_shared<detail::PlainLoss>("MeanAbsolutePercentageError",
                                                  "mean_absolute_percentage_error",
                                                  mean_absolute_percentage_error, options)) {}

}  // namespace losses

namespace registration {
void loss_mean_absolute_percentage_error() {
  detail::register_plain_loss<losses::MeanAbsolutePercentageError>("MeanAbsolutePercentageError",
                                                                   {"mape", "MAPE"});
}
}  // namespace registration
}  // namespace weft
