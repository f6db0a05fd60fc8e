#include <weft/training/losses/kl_divergence.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {

Tensor kl_divergence(const Tensor& y_true, const Tensor& y_pred) {
  const Tensor t = ops::clip(detail::as_dtype(y_true, y_pred.dtype()), epsilon(), 1.0);
  const Tensor p = ops::clip(y_pred, epsilon(), 1.0);
  return ops::sum(t * ops::log(t / p), {.axis = -1});
}

KLDivergence::KLDivergence(Options options)
    : LossRef(std::make_shared<detail::PlainLoss>("KLDivergence", "kl_divergence", kl_divergence,
                                                  options)) {}

}  // namespace losses

namespace registration {
void loss_kl_divergence() {
  detail::register_plain_loss<losses::KLDivergence>("KLDivergence", {"kld", "KLD"});
}
}  // namespace registration
}  // namespace weft
