#include <weft/training/losses/log_cosh.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {

Tensor log_cosh(const Tensor& y_true, const Tensor& y_pred) {
  const auto [t, p] = detail::alike(y_true, y_pred);
  const Tensor d = p - t;
  return ops::mean(d + ops::softplus(d * -2.0) - 0.69314718055994530942, {.axis = -1});  // log(2)
}

LogCosh::LogCosh(Options options)
    : LossRef(std::make_shared<detail::PlainLoss>("LogCosh", "log_cosh", log_cosh, options)) {}

}  // namespace losses

namespace registration {
void loss_log_cosh() { detail::register_plain_loss<losses::LogCosh>("LogCosh"); }
}  // namespace registration
}  // namespace weft
