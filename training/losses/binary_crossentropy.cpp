#include <weft/training/losses/binary_crossentropy.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {
namespace {

class BinaryCrossentropyLoss final : public detail::BuiltinLoss {
 public:
  explicit BinaryCrossentropyLoss(const BinaryCrossentropyOptions& o)
      : BuiltinLoss("BinaryCrossentropy", "binary_crossentropy", o),
        arguments_{o.from_logits, o.label_smoothing, o.axis} {
    detail::check_label_smoothing("BinaryCrossentropy", o.label_smoothing);
  }
  Config get_config() const override {
    return BuiltinLoss::get_config().merge({{"from_logits", arguments_.from_logits},
                                            {"label_smoothing", arguments_.label_smoothing},
                                            {"axis", arguments_.axis}});
  }

 protected:
  Tensor compute(const Tensor& y_true, const Tensor& y_pred) override {
    return binary_crossentropy(y_true, y_pred, arguments_);
  }

 private:
  BinaryCrossentropyArguments arguments_;
};

}  // namespace

Tensor binary_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                           BinaryCrossentropyArguments arguments) {
  detail::check_same_shape("binary_crossentropy", y_true, y_pred);
  Tensor t = detail::as_dtype(y_true, y_pred.dtype());
  const double smoothing = arguments.label_smoothing;
  if (smoothing != 0) t = t * (1.0 - smoothing) + 0.5 * smoothing;
  if (arguments.from_logits)
    return ops::mean(ops::softplus(y_pred) - t * y_pred, {.axis = arguments.axis});
  const Tensor p = ops::clip(y_pred, epsilon(), 1.0 - epsilon());
  return ops::mean(-(t * ops::log(p) + (1.0 - t) * ops::log(1.0 - p)), {.axis = arguments.axis});
}

BinaryCrossentropy::BinaryCrossentropy(BinaryCrossentropyOptions options)
    : LossRef(std::make_shared<BinaryCrossentropyLoss>(options)) {}

}  // namespace losses

namespace registration {
void loss_binary_crossentropy() {
  using Options = losses::BinaryCrossentropyOptions;
  detail::register_loss<losses::BinaryCrossentropy, Options>(
      "BinaryCrossentropy",
      [](const Config& c) {
        auto o = detail::common_loss_options<Options>(c);
        o.from_logits = c.get<bool>("from_logits", o.from_logits);
        o.label_smoothing = c.get<double>("label_smoothing", o.label_smoothing);
        o.axis = c.get<int>("axis", o.axis);
        return o;
      },
      {"bce", "BCE"});
}
}  // namespace registration
}  // namespace weft
