#include <weft/training/losses/sparse_categorical_crossentropy.h>

#include "core/access.hpp"
#include "core/ops/class_numbers.hpp"
#include "training/builtin_loss.hpp"

namespace weft {
namespace losses {
namespace {

class SparseCategoricalCrossentropyLoss final : public detail::BuiltinLoss {
 public:
  explicit SparseCategoricalCrossentropyLoss(const SparseCategoricalCrossentropyOptions& o)
      : BuiltinLoss("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", o),
        arguments_{o.from_logits, o.ignore_class, o.axis} {}
  Config get_config() const override {
    Config c = BuiltinLoss::get_config().merge(
        {{"from_logits", arguments_.from_logits}, {"ignore_class", arguments_.ignore_class}});
    if (arguments_.axis != -1) c.set("axis", arguments_.axis);
    return c;
  }

 protected:
  bool keeps_labels() const override {
    return true;
  }  // float32 would round class numbers beyond 2^24
  Tensor compute(const Tensor& y_true, const Tensor& y_pred) override {
    return sparse_categorical_crossentropy(y_true, y_pred, arguments_);
  }

 private:
  SparseCategoricalCrossentropyArguments arguments_;
};

}  // namespace

Tensor sparse_categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                       SparseCategoricalCrossentropyArguments arguments) {
  Tensor labels = y_true, output = y_pred;
  if (labels.shape().rank() == output.shape().rank() && labels.shape().rank() > 0 &&
      labels.shape()[arguments.axis] == 1) {
    labels = ops::squeeze(labels, arguments.axis);
  }
  if (!labels.dtype().is_integer()) labels = ops::class_numbers(labels);
  if (!arguments.ignore_class) {
    return ops::sparse_categorical_crossentropy(
        labels, output, {.from_logits = arguments.from_logits, .axis = arguments.axis});
  }
  const Tensor valid = ops::not_equal(labels, *arguments.ignore_class);
  labels = ops::where(valid, labels, 0);
  output = ops::where(ops::expand_dims(valid, arguments.axis), output, 0);
  const Tensor loss = ops::sparse_categorical_crossentropy(
      labels, output, {.from_logits = arguments.from_logits, .axis = arguments.axis});
  return detail::with_keras_mask(ops::where(valid, loss, 0), valid);
}

SparseCategoricalCrossentropy::SparseCategoricalCrossentropy(
    SparseCategoricalCrossentropyOptions options)
    : LossRef(std::make_shared<SparseCategoricalCrossentropyLoss>(options)) {}

}  // namespace losses

namespace registration {
void loss_sparse_categorical_crossentropy() {
  using Options = losses::SparseCategoricalCrossentropyOptions;
  detail::register_loss<losses::SparseCategoricalCrossentropy, Options>(
      "SparseCategoricalCrossentropy", [](const Config& c) {
        auto o = detail::common_loss_options<Options>(c);
        o.from_logits = c.get<bool>("from_logits", o.from_logits);
        o.ignore_class = c.get<std::optional<int>>("ignore_class", o.ignore_class);
        o.axis = c.get<int>("axis", o.axis);
        return o;
      });
}
}  // namespace registration
}  // namespace weft
