#include <weft/training/losses/poisson.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {

Tensor poisson(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor t = detail::as_dtype(y_true, y_pred.dtype());
  return ops::mean(y_pred - t * ops::log(y_pred + epsilon()), {.axis = -1});
}

Poisson::Poisson(Options options)
    : LossRef(std::make_shared<detail::PlainLoss>("Poisson", "poisson", poisson, options)) {}

}  // namespace losses

namespace registration {
void loss_poisson() { detail::register_plain_loss<losses::Poisson>("Poisson"); }
}  // namespace registration
}  // namespace weft
