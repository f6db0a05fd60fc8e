#include <fmt/core.h>
#include <weft/core/log.h>
#include <weft/training/losses/categorical_crossentropy.h>

#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {
namespace {

class CategoricalCrossentropyLoss final : public detail::BuiltinLoss {
 public:
  explicit CategoricalCrossentropyLoss(const CategoricalCrossentropyOptions& o)
      : BuiltinLoss("CategoricalCrossentropy", "categorical_crossentropy", o),
        arguments_{o.from_logits, o.label_smoothing, o.axis} {
    detail::check_label_smoothing("CategoricalCrossentropy", o.label_smoothing);
  }
  Config get_config() const override {
    return BuiltinLoss::get_config().merge({{"from_logits", arguments_.from_logits},
                                            {"label_smoothing", arguments_.label_smoothing},
                                            {"axis", arguments_.axis}});
  }

 protected:
  Tensor compute(const Tensor& y_true, const Tensor& y_pred) override {
    return categorical_crossentropy(y_true, y_pred, arguments_);
  }

 private:
  CategoricalCrossentropyArguments arguments_;
};

void warn_of_one_class(const Tensor& y_pred) {
  if (y_pred.shape().rank() == 0 || !(y_pred.shape()[-1] == 1)) return;
  detail::log(LogLevel::warning, fmt::format("In loss categorical_crossentropy, expected "
                                             "y_pred.shape to be (batch_size, num_classes) with "
                                             "num_classes > 1. Received: y_pred.shape={}. Consider "
                                             "using 'binary_crossentropy' if you only have "
                                             "2 classes.",
                                             y_pred.shape().to_string()));
}

}  // namespace

Tensor categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                CategoricalCrossentropyArguments arguments) {
  detail::check_same_shape("categorical_crossentropy", y_true, y_pred);
  warn_of_one_class(y_pred);
  Tensor t = detail::as_dtype(y_true, y_pred.dtype());
  const int axis = arguments.axis;
  if (const double s = arguments.label_smoothing; s != 0) {
    t = t * (1.0 - s) + s / static_cast<double>(static_cast<std::int64_t>(y_true.shape()[-1]));
  }
  if (arguments.from_logits) return -ops::sum(t * ops::log_softmax(y_pred, axis), {.axis = axis});
  const Tensor p = y_pred / ops::sum(y_pred, {.axis = axis, .keepdims = true});
  return -ops::sum(t * ops::log(ops::clip(p, epsilon(), 1.0 - epsilon())), {.axis = axis});
}

CategoricalCrossentropy::CategoricalCrossentropy(CategoricalCrossentropyOptions options)
    : LossRef(std::make_shared<CategoricalCrossentropyLoss>(options)) {}

}  // namespace losses

namespace registration {
void loss_categorical_crossentropy() {
  using Options = losses::CategoricalCrossentropyOptions;
  detail::register_loss<losses::CategoricalCrossentropy, Options>(
      "CategoricalCrossentropy", [](const Config& c) {
        auto o = detail::common_loss_options<Options>(c);
        o.from_logits = c.get<bool>("from_logits", o.from_logits);
        o.label_smoothing = c.get<double>("label_smoothing", o.label_smoothing);
        o.axis = c.get<int>("axis", o.axis);
        return o;
      });
}
}  // namespace registration
}  // namespace weft
