#include <weft/training/losses/huber.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {
namespace {

class HuberLoss final : public detail::BuiltinLoss {
 public:
  explicit HuberLoss(const HuberOptions& o)
      : BuiltinLoss("Huber", "huber_loss", o), delta_(o.delta) {}
  // Keras 3.15 forgets delta here; its constructor takes it.
  Config get_config() const override {
    Config c = BuiltinLoss::get_config();
    if (delta_ != 1.0) c.set("delta", delta_);
    return c;
  }

 protected:
  Tensor compute(const Tensor& y_true, const Tensor& y_pred) override {
    return huber(y_true, y_pred, delta_);
  }

 private:
  double delta_;
};

}  // namespace

Tensor huber(const Tensor& y_true, const Tensor& y_pred, double delta) {
  const auto [t, p] = detail::alike(y_true, y_pred);
  const Tensor error = p - t, size = ops::abs(error);
  return ops::mean(
      ops::where(size <= delta, 0.5 * ops::square(error), delta * size - 0.5 * delta * delta),
      {.axis = -1});
}

Huber::Huber(HuberOptions options) : LossRef(std::make_shared<HuberLoss>(options)) {}

}  // namespace losses

namespace registration {
void loss_huber() {
  detail::register_loss<losses::Huber, losses::HuberOptions>("Huber", [](const Config& c) {
    auto o = detail::common_loss_options<losses::HuberOptions>(c);
    o.delta = c.get<double>("delta", o.delta);
    return o;
  });
}
}  // namespace registration
}  // namespace weft
