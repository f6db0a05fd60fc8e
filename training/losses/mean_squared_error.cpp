#include <weft/training/losses/mean_squared_error.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {

Tensor mean_squared_error(const Tensor& y_true, const Tensor& y_pred) {
  const auto [t, p] = detail::alike(y_true, y_pred);
  return ops::mean(ops::square(t - p), {.axis = -1});
}

MeanSquaredError::MeanSquaredError(Options options)
    : LossRef(std::make_shared<detail::PlainLoss>("MeanSquaredError", "mean_squared_error",
                                                  mean_squared_error, options)) {}

}  // namespace losses

namespace registration {
void loss_mean_squared_error() {
  detail::register_plain_loss<losses::MeanSquaredError>("MeanSquaredError", {"mse", "MSE"});
}
}  // namespace registration
}  // namespace weft
