// Everything under tests/golden against weft. No list of the cases is kept: the directory is the
// list.
#include <fmt/core.h>

#include "core/config_access.hpp"
#include "graph/functional/summary_table.hpp"
#include "io/atomic_file.hpp"
#include "io/json.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/files.h"
#include "tests/harness/golden_case.hpp"
#include "training/summary.hpp"

using namespace weft;
using namespace weft::test;

namespace {

constexpr double tolerance = 1e-5;

void finish(const GoldenReport& report, int at_least) {
  report.print();
  for (const std::string& one : report.failed) FAIL_CHECK(one);
  CHECK(report.passed + static_cast<int>(report.failed.size()) >= at_least);
}

// What differs of a named number or array, or nothing.
class Comparison {
 public:
  Comparison(GoldenReport& report, const std::string& name) : report_(report), name_(name) {}
  void add(const std::string& what, double value) {
    report_.note(name_ + " " + what, value);
    if (!(value <= tolerance))
      problem_ += fmt::format("{}{} by {:.2e}", problem_.empty() ? "" : ", ", what, value);
  }
  void differ(const std::string& what) { problem_ += (problem_.empty() ? "" : ", ") + what; }
  const std::string& problem() const { return problem_; }

 private:
  GoldenReport& report_;
  std::string name_, problem_;
};

std::string check_predict(GoldenReport& report, const std::string& name) {
  Comparison comparison(report, name);
  Model model = load_model(golden_path("predict", name + ".keras"));
  const GoldenArrays arrays(golden_path("predict", name + ".npz"));
  const std::vector<Tensor> ours = model.predict(arrays.inputs(model, "x"), {.verbose = 0}).flat();
  const std::vector<std::string> names = golden_output_names(model);
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const std::string member = ours.size() == 1 ? "y" : "y/" + names.at(i);
    const Tensor expected = arrays.find(member);
    if (!expected) {
      comparison.differ(member + " is not in the file");
      continue;
    }
    if (!(ours[i].shape() == expected.shape())) {
      comparison.differ(fmt::format("{} has shape {} instead of {}", member,
                                    ours[i].shape().to_string(), expected.shape().to_string()));
      continue;
    }
    comparison.add(member, deviation(ours[i], expected));
  }
  return comparison.problem();
}

void compare_scores(Comparison& comparison, const std::string& what, const Logs& ours,
                    const Config& expected) {
  if (ours.size() != expected.size())
    comparison.differ(
        fmt::format("{} has {} scores instead of {}", what, ours.size(), expected.size()));
  for (const std::string& key : expected.keys()) {
    if (!ours.contains(key)) {
      comparison.differ(what + " has no " + key);
      continue;
    }
    comparison.add(what + "." + key,
                   deviation(std::vector<double>{ours[key]}, {expected.get<double>(key)}));
  }
}

void compare_history(Comparison& comparison, const History& ours, const Config& expected) {
  if (ours.history.names().size() != expected.keys().size())
    comparison.differ("the history has other columns");
  for (const std::string& key : expected.keys()) {
    if (!ours.history.contains(key)) {
      comparison.differ("the history has no " + key);
      continue;
    }
    comparison.add("history." + key,
                   deviation(ours.history[key], expected.get<std::vector<double>>(key)));
  }
}

void compare_state(Comparison& comparison, const Model& model, const GoldenArrays& final) {
  const std::vector<Variable> weights = model.weights();
  if (static_cast<int>(weights.size()) != final.count(""))
    comparison.differ("another number of weights");
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Tensor expected = final.find(std::to_string(i));
    if (expected)
      comparison.add("weight " + weights[i].path(), deviation(weights[i].value(), expected));
  }
  const std::vector<Variable> variables = model.optimizer()->variables();
  if (static_cast<int>(variables.size()) != final.count("opt/")) {
    comparison.differ(
        fmt::format("{} optimizer variables instead of {}", variables.size(), final.count("opt/")));
  }
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const Tensor expected = final.find("opt/" + std::to_string(i));
    if (expected)
      comparison.add("optimizer variable " + variables[i].path(),
                     deviation(variables[i].value(), expected));
  }
}

FitOptions fit_options(const Config& fit, const GoldenArrays& arrays, const Model& model) {
  FitOptions o;
  o.verbose = 0;
  o.epochs = fit.get<int>("epochs", 1);
  o.batch_size = fit.get<int>("batch_size", 32);
  o.shuffle = fit.get<bool>("shuffle", true);
  o.validation_split = fit.get<double>("validation_split", 0);
  o.initial_epoch = fit.get<int>("initial_epoch", 0);
  o.validation_freq = fit.get<int>("validation_freq", 1);
  if (fit.contains("validation_batch_size"))
    o.validation_batch_size = fit.get<int>("validation_batch_size");
  if (fit.contains("class_weight")) {
    const Config weights = fit.get<Config>("class_weight");
    for (const std::string& key : weights.keys())
      o.class_weight.emplace_back(std::stoi(key), weights.get<double>(key));
  }
  o.sample_weight = arrays.weights(model, "sample_weight");
  const Tensors x = arrays.inputs(model, "val_x");
  if (x.size() != 0)
    o.validation_data = ValidationData(x, arrays.targets(model, "val_y"),
                                       arrays.weights(model, "val_sample_weight"));
  return o;
}

std::string check_train(GoldenReport& report, const std::string& name) {
  Comparison comparison(report, name);
  Model model = load_model(golden_path("train", name + ".keras"));
  const GoldenArrays arrays(golden_path("train", name + ".npz"));
  const std::string json = golden_path("train", name + ".json");
  const Config expected = io::parse_json(text_of(json), json);
  const Tensors x = arrays.inputs(model, "x"), y = arrays.targets(model, "y");
  const FitOptions fit = fit_options(expected.get<Config>("fit"), arrays, model);
  const EvaluateOptions evaluate = {
      .batch_size = fit.batch_size, .verbose = 0, .sample_weight = fit.sample_weight};
  compare_scores(comparison, "evaluate_before", model.evaluate(x, y, evaluate),
                 expected.get<Config>("evaluate_before"));
  compare_history(comparison, model.fit(x, y, fit), expected.get<Config>("history"));
  compare_scores(comparison, "evaluate", model.evaluate(x, y, evaluate),
                 expected.get<Config>("evaluate"));
  compare_state(comparison, model, GoldenArrays(golden_path("train", name + ".final.npz")));
  return comparison.problem();
}

// The text of one file: "<case>[.compiled|.expand_nested|.show_trainable].txt".
std::string check_summary(const std::string& name) {
  const std::size_t dot = name.find('.');
  const std::string stem = name.substr(0, dot),
                    option = dot == std::string::npos ? "" : name.substr(dot + 1);
  const bool train = stem.rfind("train_", 0) == 0;
  const Model model = load_model(golden_path(train ? "train" : "predict", stem + ".keras"),
                                 {.compile = option == "compiled"});
  SummaryOptions options;
  options.expand_nested = option == "expand_nested";
  options.show_trainable = option == "show_trainable";
  constexpr int columns = 80;
  const std::string ours =
      detail::summary_text(static_cast<const ModelLayer&>(*model.base()), options, columns);
  const std::string expected = text_of(golden_path("summary", name + ".txt"));
  return ours == expected ? "" : "another text. Expected:\n" + expected + "Received:\n" + ours;
}

}  // namespace

TEST_CASE("predictions of Keras's files agree with Keras", "[golden]") {
  GoldenReport report{.kind = "predict"};
  for (const std::string& name : golden_cases("predict", ".keras")) {
    run_golden(report, name, [&] { return check_predict(report, name); });
  }
  finish(report, 40);
}

TEST_CASE("training of Keras's files agrees with Keras", "[golden]") {
  GoldenReport report{.kind = "train"};
  for (const std::string& name : golden_cases("train", ".keras")) {
    run_golden(report, name, [&] { return check_train(report, name); });
  }
  finish(report, 20);
}

TEST_CASE("summaries of Keras's files are Keras's to the letter", "[golden]") {
  GoldenReport report{.kind = "summary"};
  for (const std::string& name : golden_cases("summary", ".txt")) {
    run_golden(report, name, [&] { return check_summary(name); });
  }
  finish(report, 100);
}
