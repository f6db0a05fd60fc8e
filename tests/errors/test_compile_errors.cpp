// What is refused when losses, metrics and optimizers are made, compiled or matched with outputs.
#include <weft/core/error.h>
#include <weft/losses.h>
#include <weft/metrics.h>
#include <weft/ops.h>
#include <weft/optimizers.h>
#include <weft/schedules.h>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "training/compile_loss.hpp"
#include "training/compile_metrics.hpp"

using namespace weft;
using Catch::Matchers::Contains;
using detail::CompileLoss;
using detail::CompileMetrics;

namespace {

template <class F>
std::string error(F f) {
  return test::error_of<Error>(f);
}
Tensor value(double v) { return ops::full({2}, v); }
Tensors two() { return {value(1), value(2)}; }
Tensors two_by_name() { return {{"a", value(1)}, {"b", value(2)}}; }
std::string loss_error(PerOutput<LossSpec> loss, PerOutput<double> weights, const Tensors& y,
                       const Tensors& outputs) {
  return error([&] {
    CompileLoss compiled(std::move(loss), std::move(weights));
    compiled.set_output_names({"a", "b"});
    compiled(y, outputs);
  });
}

}  // namespace

TEST_CASE("an unknown loss is refused by compile", "[errors]") {
  const std::string text = error([] { detail::make_compile_loss("mean_square_error", {}); });
  CHECK_THAT(text, Contains("Could not interpret loss identifier: mean_square_error") &&
                       Contains("MeanSquaredError"));
}

TEST_CASE("an unknown metric is refused by compile", "[errors]") {
  const std::string text = error([] { detail::make_compile_metrics({"accuracy", "acuracy"}, {}); });
  CHECK_THAT(text, Contains("Could not interpret metric identifier: acuracy") &&
                       Contains("BinaryAccuracy"));
}

TEST_CASE("an unknown optimizer is refused", "[errors]") {
  const std::string text = error([] { OptimizerArg o = "Adamm"; });
  CHECK_THAT(text,
             Contains("Could not interpret optimizer identifier: Adamm") && Contains("RMSprop"));
}

TEST_CASE("an unknown reduction is refused", "[errors]") {
  const std::string text = error([] { losses::MeanSquaredError({.reduction = "average"}); });
  CHECK_THAT(text, Contains("Invalid value for argument `reduction`", Catch::CaseSensitive::No) &&
                       Contains("sum_over_batch_size") && Contains("Received: reduction=average"));
}

TEST_CASE("label smoothing outside of 0 to 1 is refused", "[errors]") {
  const std::string text = error([] { losses::CategoricalCrossentropy({.label_smoothing = 1.5}); });
  CHECK_THAT(text, Contains("CategoricalCrossentropy: `label_smoothing`") && Contains("[0, 1]") &&
                       Contains("label_smoothing=1.5"));
  CHECK_THAT(error([] { losses::BinaryCrossentropy({.label_smoothing = -0.1}); }),
             Contains("label_smoothing=-0.1"));
}

TEST_CASE("targets of another shape than the predictions are refused with the loss's name",
          "[errors]") {
  const std::string text = error([] {
    losses::CategoricalCrossentropy()(ops::zeros({4, 3}), ops::zeros({4, 5}));
  });
  CHECK_THAT(text, Contains("Loss 'categorical_crossentropy'") &&
                       Contains("must have the same shape") && Contains("y_true.shape=(4, 3)") &&
                       Contains("y_pred.shape=(4, 5)"));
  CHECK_THAT(error([] {
               losses::MeanSquaredError({.name = "mine"})(ops::zeros({4, 3}), ops::zeros({4, 5}));
             }),
             Contains("Loss 'mine'"));
  CHECK_THAT(
      error([] {
        losses::SparseCategoricalCrossentropy()(ops::zeros({3}, "int32"), ops::zeros({4, 5}));
      }),
      Contains("sparse_categorical_crossentropy") && Contains("(3,)") && Contains("(4, 5)"));
}

TEST_CASE("a label out of range is refused", "[errors]") {
  const std::string text = error([] {
    losses::SparseCategoricalCrossentropy({.from_logits = true})(Tensor::of({0, 5}),
                                                                 ops::zeros({2, 5}))
        .item();
  });
  CHECK_THAT(text, Contains("5"));
  CHECK_THAT(text, !Contains("nothing was thrown"));
}

TEST_CASE("keys of losses that are no outputs are refused", "[errors]") {
  CHECK_THAT(loss_error({{"a", "mse"}, {"x", "mse"}}, {}, two_by_name(), two_by_name()),
             Contains("The path: ('x',) in the `loss` argument, can't be found in either the "
                      "model's output (`y_pred`)") &&
                 Contains("['a', 'b']"));
  CHECK_THAT(loss_error({{"a", "mse"}, {"x", "mse"}}, {}, two(), two()),
             Contains("Expected keys ['a', 'b'] in loss dict, but found loss.keys()=['a', 'x']"));
}

TEST_CASE("more losses than outputs are refused", "[errors]") {
  CHECK_THAT(loss_error({"mse", "mse", "mse"}, {}, two(), two()),
             Contains("The path: (2,) in the `loss` argument"));
}

TEST_CASE("numbers of losses and of their weights that differ are refused by compile", "[errors]") {
  CHECK_THAT(
      error([] {
        detail::make_compile_loss({"mse", "mae"}, {1.0, 2.0, 3.0});
      }),
      Contains("`loss_weights` must match the number of losses, got 2 losses and 3 weights."));
  CHECK_THAT(error([] {
               detail::make_compile_loss({{"a", "mse"}, {"b", "mae"}}, {{"a", 1.0}, {"c", 2.0}});
             }),
             Contains("`loss_weights` must have the keys of `loss`. Expected: ['a', 'b']. "
                      "Received: ['a', 'c']."));
}

TEST_CASE("targets that do not fit the outputs are refused", "[errors]") {
  CHECK_THAT(loss_error("mse", {}, {{"a", value(1)}, {"c", value(1)}}, two_by_name()),
             Contains("y_true and y_pred have different structures") && Contains("['a', 'b']") &&
                 Contains("{'a': '*', 'c': '*'}"));
  CHECK_THAT(loss_error("mse", {}, {value(1), value(1), value(1)}, two()),
             Contains("different structures"));
  CHECK_THAT(loss_error("mse", {}, {{"a", value(1)}}, two_by_name()),
             Contains("There are no targets for output 'b', which has a loss"));
  CHECK_THAT(loss_error("mse", {}, {}, two()),
             Contains("There are no targets for output 'a'") && Contains("Received: y: None"));
}

TEST_CASE("metrics that do not fit the outputs are refused", "[errors]") {
  const auto metric_error = [](Metrics metrics) {
    return error([&] {
      CompileMetrics compiled(std::move(metrics), {});
      compiled.set_output_names({"a", "b"});
      compiled.update_state(two(), two());
    });
  };
  CHECK_THAT(metric_error({"mae", "mse", "mape"}),
             Contains("Invalid `metrics`") && Contains("['a', 'b']") &&
                 Contains("Received: metrics=['mae', 'mse', 'mape']"));
  CHECK_THAT(metric_error({{"a", "mae"}, {"c", "mse"}}),
             Contains("Received: metrics={'a': ['mae'], 'c': ['mse']}"));
  CHECK_THAT(error([] {
               CompileMetrics({nullptr, "mae"}, {}).update_state(value(1), value(1));
             }),
             Contains("Expected metric, received `None`"));
}

TEST_CASE("two ways to clip at once are refused", "[errors]") {
  const std::string text =
      error([] { optimizers::Adam({.clipnorm = 1.0, .clipvalue = 0.5, .name = "mine"}); });
  CHECK_THAT(text, Contains("Optimizer 'mine': only one of `clipnorm`, `clipvalue` and "
                            "`global_clipnorm` can be set. Received: "
                            "clipnorm=1.0, clipvalue=0.5, global_clipnorm=None"));
}

TEST_CASE("options of optimizers out of their range are refused", "[errors]") {
  CHECK_THAT(error([] { optimizers::SGD({.momentum = 1.5}); }),
             Contains("`momentum`") && Contains("[0, 1]") && Contains("momentum=1.5"));
  CHECK_THAT(error([] { optimizers::SGD({.use_ema = true, .ema_momentum = 2.0}); }),
             Contains("ema_momentum=2.0"));
  CHECK_THAT(error([] { optimizers::SGD({.use_ema = true, .ema_overwrite_frequency = 0}); }),
             Contains("ema_overwrite_frequency=0"));
  CHECK_THAT(error([] { optimizers::SGD({.gradient_accumulation_steps = 1}); }),
             Contains("must be an integer >= 2") && Contains("=1"));
  CHECK_THAT(error([] { optimizers::Lion({.beta_1 = 0.0}); }), Contains("beta_1=0.0"));
}

TEST_CASE("a step without any gradient is refused", "[errors]") {
  const Variable w(value(1), {.name = "w"});
  CHECK_THAT(error([&] { optimizers::SGD().apply({Tensor()}, {w}); }),
             Contains("No gradients provided for any variable."));
  CHECK_THAT(error([&] { optimizers::SGD().apply({}, {w}); }),
             Contains("Expected: 1 gradients. Received: 0."));
}

TEST_CASE("an optimizer refuses variables that it was not built for", "[errors]") {
  const Variable w(value(1), {.name = "w"}), other(value(1), {.name = "other"});
  const optimizers::SGD sgd;
  sgd.apply({value(1)}, {w});
  CHECK_THAT(error([&] { sgd.apply({value(1)}, {other}); }),
             Contains("unknown variable 'other'") && Contains("create a new optimizer"));
}

TEST_CASE("a scheduled learning rate cannot be set", "[errors]") {
  const optimizers::SGD sgd(schedules::ExponentialDecay(0.1, 2, 0.5));
  CHECK_THAT(error([&] { sgd.set_learning_rate(0.5); }),
             Contains("follows a schedule") && Contains("learning_rate=0.5"));
}

TEST_CASE("schedules refuse what they cannot follow", "[errors]") {
  CHECK_THAT(error([] { schedules::CosineDecay(0.1, 0); }),
             Contains("CosineDecay: argument `decay_steps` must be > 0"));
  CHECK_THAT(error([] {
               schedules::PiecewiseConstantDecay({1, 2}, {0.1, 0.2});
             }),
             Contains("2 boundaries and 2 values"));
}

TEST_CASE("null handles say so", "[errors]") {
  CHECK_THAT(error([] { OptimizerRef().set_learning_rate(1.0); }),
             Contains("This optimizer is null"));
  CHECK_THAT(error([] { LossRef()(Tensor::of({1.0f}), Tensor::of({1.0f})); }),
             Contains("This loss is null"));
  CHECK_THAT(error([] { MetricRef().result(); }), Contains("This metric is null"));
}

TEST_CASE("arguments of metrics out of their range are refused", "[errors]") {
  CHECK_THAT(error([] { metrics::AUC({.num_thresholds = 1}); }), Contains("num_thresholds=1"));
  CHECK_THAT(error([] { metrics::AUC({.curve = "RAC"}); }),
             Contains("\"RAC\"") && Contains("ROC, PR, PRGAIN"));
  CHECK_THAT(error([] {
               metrics::Precision({.thresholds = std::vector<double>{0.5, 1.5}});
             }),
             Contains("Precision") && Contains("1.5"));
}
