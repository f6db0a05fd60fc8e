// The numbers are those of Keras 3.15.1 (KERAS_BACKEND=jax): m = keras.metrics.X(...);
// m.update_state(...); m.result().
#include <weft/metrics.h>
#include <weft/ops.h>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "tests/harness/catch.h"
#include "tests/training/training_checks.h"
#include "training/compile_args_access.hpp"

using namespace weft;

namespace {

void check(const MetricRef& metric, std::vector<double> expected) {
  test::check(metric.result(), expected, metric.name());
}

/// The result after one batch.
void check(const MetricRef& metric, const Tensor& y_true, const Tensor& y_pred,
           std::vector<double> expected, const std::optional<Tensor>& weight = {}) {
  metric.update_state(y_true, y_pred, weight);
  check(metric, std::move(expected));
}

Tensor t() { return Tensor::of({{0.0f, 1.0f, 0.5f}, {1.0f, 0.0f, 2.0f}}); }
Tensor p() { return Tensor::of({{0.2f, 0.7f, 0.4f}, {0.9f, 0.3f, 1.5f}}); }
Tensor truth() { return Tensor::of({0, 0, 1, 1, 1, 0, 1, 0}); }
Tensor scores() { return Tensor::of({0.0f, 0.5f, 0.3f, 0.9f, 0.8f, 0.7f, 0.5f, 1.0f}); }
Tensor weights() { return Tensor::of({1.0f, 0.0f, 0.0f, 1.0f, 2.0f, 0.5f, 1.0f, 1.0f}); }
Tensor three() { return Tensor::of({{0.1f, 0.9f, 0.8f}, {0.05f, 0.95f, 0.0f}}); }
Tensor three_hot() { return Tensor::of({{0, 0, 1}, {0, 1, 0}}); }

}  // namespace

TEST_CASE("Mean and Sum weigh values", "[training]") {
  metrics::Mean mean;
  mean.update_state(Tensor::of({1.0f, 3.0f, 5.0f, 7.0f}));
  mean.update_state(Tensor::of({2.0f, 4.0f}));
  check(mean, {3.6666667461395264});
  mean.reset_state();
  mean.update_state(Tensor::of({1.0f, 3.0f, 5.0f, 7.0f}), Tensor::of({1, 1, 0, 0}));
  check(mean, {2.0});
  mean.reset_state();
  check(mean, {0.0});
  mean.update_state(Tensor::of({{0.0f, 1.0f}, {2.0f, 3.0f}, {4.0f, 5.0f}}),
                    Tensor::of({1.0f, 0.0f, 2.0f}));
  check(mean, {3.1666667461395264});
  metrics::Sum sum;
  sum.update_state(Tensor::of({1.0f, 3.0f, 5.0f, 7.0f}), Tensor::of({1.0f, 1.0f, 0.0f, 0.5f}));
  check(sum, {7.5});
}

TEST_CASE("the accuracies equal Keras's", "[training]") {
  check(metrics::Accuracy(), Tensor::of({{1}, {2}, {3}, {4}}), Tensor::of({{0}, {2}, {3}, {4}}),
        {0.75});
  const Tensor y = Tensor::of({{1}, {1}, {0}, {0}}),
               q = Tensor::of({{0.98f}, {1.0f}, {0.0f}, {0.6f}});
  check(metrics::BinaryAccuracy(), y, q, {0.75});
  check(metrics::BinaryAccuracy(), y, q, {0.5}, Tensor::of({1, 0, 0, 1}));
  check(metrics::BinaryAccuracy({.threshold = 0.0}), Tensor::of({1, 0, 0}),
        Tensor::of({{0.5f}, {-0.2f}, {0.1f}}), {0.6666666865348816});
  check(metrics::CategoricalAccuracy(), three_hot(), three(), {0.5});
  check(metrics::CategoricalAccuracy(), three_hot(), three(), {0.30000001192092896},
        Tensor::of({0.7f, 0.3f}));
  const Tensor sparse_scores = Tensor::of({{0.1f, 0.6f, 0.3f}, {0.05f, 0.95f, 0.0f}});
  check(metrics::SparseCategoricalAccuracy(), Tensor::of({{2}, {1}}), sparse_scores, {0.5});
  check(metrics::SparseCategoricalAccuracy(), Tensor::of({2, 1}).astype("uint8"), sparse_scores,
        {0.30000001192092896}, Tensor::of({0.7f, 0.3f}));
  const Tensor sequence = Tensor::from(
      {0.1f, 0.6f, 0.3f, 0.05f, 0.95f, 0.0f, 0.5f, 0.2f, 0.3f, 0.5f, 0.2f, 0.3f}, {2, 2, 3});
  check(metrics::SparseCategoricalAccuracy(), Tensor::of({{2, 1}, {0, 0}}), sequence, {0.75});
  check(metrics::TopKCategoricalAccuracy({.k = 1}), three_hot(), three(), {0.5});
  check(metrics::TopKCategoricalAccuracy({.k = 2}), three_hot(), three(), {1.0});
  check(metrics::SparseTopKCategoricalAccuracy({.k = 2}), Tensor::of({0, 2}),
        Tensor::of({{0.1f, 0.9f, 0.8f}, {0.05f, 0.95f, 0.1f}}), {0.5});
}

TEST_CASE("means of losses equal Keras's", "[training]") {
  metrics::MeanSquaredError mse;
  mse.update_state(t(), p());
  check(mse, p(), t() * 2, {0.8441667556762695});
  metrics::RootMeanSquaredError rmse;
  rmse.update_state(t(), p());
  check(rmse, p(), t() * 2, {0.9187854528427124});
  check(metrics::RootMeanSquaredError(), t(), p(), {0.31490740180015564}, Tensor::of({1.0f, 3.0f}));
  check(metrics::MeanAbsoluteError(), t(), p(), {0.2750000059604645}, Tensor::of({1.0f, 3.0f}));
  check(metrics::BinaryCrossentropy({.from_logits = true}),
        Tensor::of({{0.0f, 1.0f, 1.0f}, {1.0f, 0.0f, 1.0f}}),
        Tensor::of({{-1.5f, 2.0f, 0.25f}, {3.0f, -0.5f, -40.0f}}), {6.904490947723389});
  check(metrics::CategoricalCrossentropy(), Tensor::of({{0.0f, 1.0f, 0.0f}, {0.0f, 0.0f, 1.0f}}),
        Tensor::of({{0.1f, 0.7f, 0.4f}, {0.2f, 0.2f, 0.2f}}), {0.8188043832778931});
  check(metrics::SparseCategoricalCrossentropy({.from_logits = true}), Tensor::of({1, 2}),
        Tensor::of({{1.0f, 2.0f, 0.5f}, {100.0f, -100.0f, 3.0f}}), {48.73218536376953});
}

TEST_CASE("AUC equals Keras's for every curve and summation", "[training]") {
  check(metrics::AUC(), truth(), scores(), {0.53125});
  check(metrics::AUC(), truth(), scores(), {0.5499999523162842}, weights());
  const Tensor four = Tensor::of({0, 0, 1, 1}), q = Tensor::of({0.0f, 0.5f, 0.3f, 0.9f});
  check(metrics::AUC({.num_thresholds = 3}), four, q, {0.75});
  check(metrics::AUC({.num_thresholds = 3}), four, q, {1.0}, Tensor::of({1, 0, 0, 1}));
  const auto auc = [&](const char* curve, const char* method, double expected) {
    check(metrics::AUC({.num_thresholds = 11, .curve = curve, .summation_method = method}), truth(),
          scores(), {expected}, weights());
  };
  auc("ROC", "interpolation", 0.5499999523162842);
  auc("ROC", "minoring", 0.5499999523162842);
  auc("PR", "interpolation", 0.578174889087677);
  auc("PR", "minoring", 0.4166666865348816);
  auc("PR", "majoring", 0.6818181872367859);
  auc("PRGAIN", "interpolation", 0.12888887524604797);
  auc("PRGAIN", "minoring", -0.1733333319425583);
  auc("PRGAIN", "majoring", 0.43111109733581543);
  check(metrics::AUC({.thresholds = std::vector<double>{0.3, 0.55}}), truth(), scores(), {0.5});
  check(metrics::AUC({.multi_label = true}), Tensor::of({{0, 1}, {1, 0}, {1, 1}}),
        Tensor::of({{0.1f, 0.6f}, {0.7f, 0.4f}, {0.4f, 0.3f}}), {0.75});
  check(metrics::AUC({.from_logits = true}), truth(), scores() * 6 - 3, {0.53125});
}

TEST_CASE("Precision and Recall equal Keras's", "[training]") {
  check(metrics::Precision(), truth(), scores(), {0.5});
  check(metrics::Precision({.thresholds = std::vector<double>{0.4, 0.75}}), truth(), scores(),
        {0.7272727489471436, 0.75}, weights());
  check(metrics::Precision({.top_k = 2}), Tensor::of({{0, 1, 1}, {1, 0, 0}}),
        Tensor::of({{0.2f, 0.3f, 0.1f}, {0.5f, 0.6f, 0.7f}}), {0.25});
  check(metrics::Recall(), truth(), scores(), {0.5});
  check(metrics::Recall({.class_id = 1}), Tensor::of({{0, 1, 1}, {1, 0, 0}, {0, 1, 0}}),
        Tensor::of({{0.2f, 0.8f, 0.1f}, {0.5f, 0.6f, 0.7f}, {0.0f, 0.1f, 0.2f}}), {0.5});
}

TEST_CASE("masked places do not count in means of functions", "[training]") {
  const Tensor mask =
      Tensor::from(std::vector<bool>{true, true, false, true, false, false}, {2, 3});
  const Tensor q = detail::with_keras_mask(
      Tensor::of({{1.0f, 2.0f, 100.0f}, {3.0f, 100.0f, 100.0f}}).reshape({2, 3, 1}), mask);
  // (1 + 2 + 3) / 3, each 0 away from its own label.
  check(metrics::MeanAbsoluteError(), ops::zeros({2, 3, 1}), q, {2.0});
}

TEST_CASE("accuracy is chosen by shapes", "[training]") {
  const auto name = [](const Shape& y, const Shape& q) {
    return detail::resolve_accuracy(y, q, "acc")->class_name();
  };
  CHECK(name({32}, {32, 1}) == "BinaryAccuracy");
  CHECK(name({32, 1}, {32, 1}) == "BinaryAccuracy");
  CHECK(name({32}, {32, 10}) == "SparseCategoricalAccuracy");
  CHECK(name({32, 1}, {32, 10}) == "SparseCategoricalAccuracy");
  CHECK(name({32, 10}, {32, 10}) == "CategoricalAccuracy");
  CHECK(detail::resolve_accuracy({32}, {32, 1}, "acc")->name() == "acc");
}

TEST_CASE("metrics write Keras's configuration and come back from it", "[training]") {
  CHECK(detail::to_text(serialize(*metrics::AUC({.name = "auc"}))) ==
        "{'module': 'keras.metrics', 'class_name': 'AUC', 'config': {'name': 'auc', 'dtype': "
        "'float32', 'num_thresholds': 200, "
        "'curve': 'ROC', 'summation_method': 'interpolation', 'multi_label': False, 'num_labels': "
        "None, 'label_weights': None, "
        "'from_logits': False}, 'registered_name': None}");
  CHECK(detail::to_text(serialize(*metrics::Precision({.name = "precision"}))) ==
        "{'module': 'keras.metrics', 'class_name': 'Precision', 'config': {'name': 'precision', "
        "'dtype': 'float32', 'thresholds': "
        "None, 'top_k': None, 'class_id': None}, 'registered_name': None}");
  const MetricRef again =
      metrics::deserialize(serialize(*metrics::BinaryAccuracy({.name = "b", .threshold = 0.9})));
  CHECK(again.name() == "b");
  check(again, Tensor::of({1, 0}), Tensor::of({0.8f, 0.7f}), {0.5});
}

TEST_CASE("a metric of one's own keeps its state in variables", "[training]") {
  class Positives : public Metric {
   public:
    void update_state(const Tensor& y_true, const Tensor&, const std::optional<Tensor>&) override {
      total_.assign(total_ + ops::sum(y_true));
    }
    Tensor result() override { return total_; }

   private:
    Variable total_ = add_variable({.name = "total"});
  };
  const MetricRef own = std::make_shared<Positives>();
  CHECK(own.name().substr(0, 9) == "positives");
  own.update_state(Tensor::of({1.0f, 2.0f}), {});
  check(own, {3.0});
  own.reset_state();
  check(own, {0.0});
  CHECK(own->variables().size() == 1);
}
