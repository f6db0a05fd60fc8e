// Which loss, weight and metric goes to which output: keras-contract.md D, "Loss matching", checked
// there by execution.
#include <weft/losses.h>
#include <weft/metrics.h>
#include <weft/ops.h>

#include <map>

#include "tests/harness/catch.h"
#include "training/compile_loss.hpp"
#include "training/compile_metrics.hpp"

using namespace weft;
using detail::CompileLoss;
using detail::CompileMetrics;

namespace {

// Losses that say where they were used: the mean of y_pred, times a factor.
LossSpec times(double factor) {
  return LossSpec([factor](const Tensor&, const Tensor& p) { return p * factor; });
}
Tensor value(double v) { return ops::full({2}, v); }
Tensors dict_outputs() { return {{"priority", value(1)}, {"department", value(10)}}; }
Tensors list_outputs() { return {value(1), value(10)}; }
double total(CompileLoss& loss, const Tensors& outputs) {
  loss.set_output_names({"priority", "department"});
  return loss(outputs, outputs).item<double>();
}
std::vector<std::string> names(const std::vector<Named<Tensor>>& results) {
  std::vector<std::string> all;
  for (const auto& one : results) all.push_back(one.name);
  return all;
}
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("one loss is for all outputs", "[training]") {
  CompileLoss loss(times(2), {});
  CHECK(total(loss, list_outputs()) == 22);
  CHECK(names(loss.results()) == Names{"priority_loss", "department_loss"});
}

TEST_CASE("a list of losses goes to a dict of outputs in sorted key order", "[training]") {
  CompileLoss loss({times(2), times(3)}, {1.0, 0.5});
  // department: 10 * 2 * 1.0, priority: 1 * 3 * 0.5.
  CHECK(total(loss, dict_outputs()) == 21.5);
  CHECK(names(loss.results()) == Names{"department_loss", "priority_loss"});
}

TEST_CASE("a list of losses goes to a list of outputs by place", "[training]") {
  CompileLoss loss({times(2), times(3)}, {1.0, 0.5});
  CHECK(total(loss, list_outputs()) == 17);
}

TEST_CASE("a list of weights for a dict of losses follows sorted keys, or the list of outputs",
          "[training]") {
  const PerOutput<LossSpec> losses = {{"priority", times(2)}, {"department", times(3)}};
  CompileLoss dict(losses, {1.0, 0.5});
  CHECK(total(dict, dict_outputs()) == 10 * 3 * 1.0 + 1 * 2 * 0.5);
  CompileLoss list(losses, {1.0, 0.5});
  CHECK(total(list, list_outputs()) == 1 * 2 * 1.0 + 10 * 3 * 0.5);
  CompileLoss by_name(losses, {{"department", 0.5}, {"priority", 1.0}});
  CHECK(total(by_name, dict_outputs()) == 1 * 2 * 1.0 + 10 * 3 * 0.5);
}

TEST_CASE("outputs without a loss are skipped", "[training]") {
  CompileLoss none({nullptr, times(3)}, {});
  CHECK(total(none, list_outputs()) == 30);
  CHECK(none.results().empty());
  CompileLoss partial({{"priority", times(3)}}, {});
  CHECK(total(partial, dict_outputs()) == 3);
  CompileLoss unlabelled({nullptr, times(3)}, {});
  CHECK(unlabelled({value(0)}, list_outputs()).item<double>() == 30);
  CHECK(detail::make_compile_loss({}, {}) == nullptr);
}

TEST_CASE("targets by name fit a list of outputs", "[training]") {
  CompileLoss loss("mse", {});
  loss.set_output_names({"priority", "department"});
  CHECK(loss({{"department", value(10)}, {"priority", value(4)}}, list_outputs()).item<double>() ==
        9);
}

TEST_CASE("sample weights are one for all outputs or one for each", "[training]") {
  CompileLoss loss(times(1), {});
  loss.set_output_names({"priority", "department"});
  CHECK(loss(list_outputs(), list_outputs(), value(2)).item<double>() == 22);
  CHECK(loss(list_outputs(), list_outputs(), {value(2), value(3)}).item<double>() == 32);
  CHECK(loss(list_outputs(), list_outputs(), {{"department", value(3)}, {"priority", value(2)}})
            .item<double>() == 32);
}

TEST_CASE("loss trackers keep unweighted means by rows", "[training]") {
  CompileLoss loss({times(1), times(1)}, {5.0, 7.0});
  loss.set_output_names({"a", "b"});
  loss(list_outputs(), list_outputs());
  const Tensors larger = {ops::full({6}, 5.0), ops::full({6}, 10.0)};
  loss(larger, larger);
  CHECK(loss.results()[0].value.item<double>() == (2 * 1 + 6 * 5) / 8.0);
  loss.reset_state();
  CHECK(loss.results()[0].value.item<double>() == 0);
  const MetricRef tracker = detail::make_loss_tracker();
  tracker.update_state(1.0f, 2.0f);
  tracker.update_state(5.0f, 6.0f);
  CHECK(tracker.result().item<double>() == 4);
}

TEST_CASE("crossentropy is chosen by shapes", "[training]") {
  CompileLoss sparse("crossentropy", {});
  const Tensor p = Tensor::of({{0.5f, 0.5f}, {0.5f, 0.5f}});
  CHECK(sparse(Tensor::of({0, 1}), p).item<double>() == Approx(0.6931472));
  CompileLoss binary("ce", {});
  CHECK(binary(Tensor::of({{0}, {1}}), Tensor::of({{0.5f}, {0.5f}})).item<double>() ==
        Approx(0.6931472));
}

TEST_CASE("metrics are named after their outputs, and equal names are numbered", "[training]") {
  CompileMetrics one({"accuracy", "mae", metrics::MeanAbsoluteError({.name = "mae"})}, "mae");
  one.update_state(Tensor::of({0, 1}).reshape({2, 1}), Tensor::of({{0.25f}, {0.75f}}));
  CHECK(names(one.results()) == Names{"accuracy", "mae", "mae_1", "weighted_mae"});
  CHECK(one.results()[0].value.item<double>() == 1);
  CHECK(one.metrics().size() == 4);

  CompileMetrics several({{"priority", {"acc", "mae"}}, {"department", "mse"}}, {});
  several.set_output_names({"priority", "department"});
  const Tensors outputs = {{"priority", Tensor::of({{0.9f}, {0.1f}})}, {"department", value(3)}};
  several.update_state({{"priority", Tensor::of({{1}, {1}})}, {"department", value(1)}}, outputs);
  CHECK(names(several.results()) == Names{"priority_acc", "priority_mae", "department_mse"});
  CHECK(several.results()[0].value.item<double>() == 0.5);
  CHECK(several.results()[2].value.item<double>() == 4);
  several.reset_state();
  CHECK(several.results()[2].value.item<double>() == 0);
}

TEST_CASE("as many metrics as outputs are one for each", "[training]") {
  CompileMetrics metrics({"mae", "mse"}, {});
  metrics.set_output_names({"a", "b"});
  metrics.update_state(Tensors{value(0), value(0)}, list_outputs());
  CHECK(names(metrics.results()) == Names{"a_mae", "b_mse"});
  CHECK(metrics.results()[1].value.item<double>() == 100);
}

TEST_CASE("only weighted metrics see the weights", "[training]") {
  CompileMetrics metrics("mae", std::vector<std::string>{"mae"});
  metrics.update_state(Tensor::of({{0.0f}, {0.0f}}), Tensor::of({{1.0f}, {3.0f}}),
                       Tensor::of({1.0f, 0.0f}));
  CHECK(metrics.results()[0].value.item<double>() == 2);
  CHECK(metrics.results()[1].value.item<double>() == 1);
}

TEST_CASE("a function is a metric", "[training]") {
  CompileMetrics metrics([](const Tensor& y, const Tensor& q) { return ops::abs(y - q); }, {});
  metrics.update_state(Tensor::of({{0.0f}, {0.0f}}), Tensor::of({{1.0f}, {3.0f}}));
  CHECK(metrics.results()[0].value.item<double>() == 2);
}
