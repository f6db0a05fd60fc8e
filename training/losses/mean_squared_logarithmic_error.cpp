#include <weft/training/losses/mean_squared_logarithmic_error.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {

Tensor mean_squared_logarithmic_error(const Tensor& y_true, const Tensor& y_pred) {
  const auto [t, p] = detail::alike(y_true, y_pred);
  const Tensor difference =
      ops::log(ops::maximum(p, epsilon()) + 1.0) - ops::log(ops::maximum(t, epsilon()) + 1.0);
  return ops::mean(ops::square(difference), {.axis = -1});
}

MeanSquaredLogarithmicError::MeanSquaredLogarithmicError(Options options)
    : LossRef(std::make_shared<detail::PlainLoss>("MeanSquaredLogarithmicError",
                                                  "mean_squared_logarithmic_error",
                                                  mean_squared_logarithmic_error, options)) {}

}  // namespace losses

namespace registration {
void loss_mean_squared_logarithmic_error() {
  detail::register_plain_loss<losses::MeanSquaredLogarithmicError>("MeanSquaredLogarithmicError",
                                                                   {"msle", "MSLE"});
}
}  // namespace registration
}  // namespace weft
