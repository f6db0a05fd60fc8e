#include "training/compile_loss.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>
#include <weft/ops.h>
#include <weft/training/metrics/mean.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "core/names.hpp"
#include "training/compile_args_access.hpp"
#include "training/loss_reduction.hpp"
#include "training/mean_metric.hpp"

namespace weft::detail {
namespace {

using Entries = std::vector<std::pair<std::string, LossSpec>>;

std::vector<std::string> keys_of(const auto& entries) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : entries) keys.push_back(key);
  return keys;
}

bool same_names(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::set<std::string>(a.begin(), a.end()) == std::set<std::string>(b.begin(), b.end());
}

[[noreturn]] void throw_path(const std::string& path, const Outputs& outputs) {
  throw GraphError(
      fmt::format("The path: ({},) in the `loss` argument, can't be found in either the model's "
                  "output (`y_pred`) or in "
                  "the labels (`y_true`). Expected: {}.",
                  path,
                  outputs.dict ? "a key of " + quoted_list(outputs.names)
                               : fmt::format("{} losses", outputs.count())));
}

/// The value of a key; the caller knows that it is there.
template <class T>
const T& value_of(const std::vector<std::pair<std::string, T>>& entries, const std::string& key) {
  return std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.first == key; })
      ->second;
}

void check_weights(const PerOutput<LossSpec>& loss, const PerOutput<double>& weights) {
  if (form_of(weights) == ArgumentForm::none) return;
  for (const auto& [name, weight] : entries_of(weights)) {
    if (std::isnan(weight))
      throw Error(
          "compile: a weight of `loss_weights` is no number. Expected: numbers. Received: nan");
  }
  const std::size_t losses = entries_of(loss).size(), count = entries_of(weights).size();
  if (losses != count) {
    throw GraphError(fmt::format(
        "compile: `loss_weights` must match the number of losses, got {} losses and {} weights.",
        losses, count));
  }
  if (form_of(loss) == ArgumentForm::dict && form_of(weights) == ArgumentForm::dict &&
      !same_names(keys_of(entries_of(loss)), keys_of(entries_of(weights)))) {
    throw GraphError(fmt::format(
        "compile: `loss_weights` must have the keys of `loss`. Expected: {}. Received: {}.",
        quoted_list(keys_of(entries_of(loss))), quoted_list(keys_of(entries_of(weights)))));
  }
}

class LossTracker final : public MeanMetric {
 public:
  LossTracker() : MeanMetric("Mean", "loss", "down", "loss", {}) {}
  void update_state(const Tensor& loss, const Tensor& rows, const std::optional<Tensor>&) override {
    update_mean(loss, rows);
  }
};

}  // namespace

CompileLoss::CompileLoss(PerOutput<LossSpec> loss, PerOutput<double> loss_weights)
    : loss_(std::move(loss)), weights_(std::move(loss_weights)) {
  for (const auto& [name, one] : entries_of(loss_)) check_known(one);
  check_weights(loss_, weights_);
}

/// One weight per entry of loss_, in the order of its entries.
std::vector<std::optional<double>> CompileLoss::weights(const Outputs& outputs) const {
  const auto& losses = entries_of(loss_);
  std::vector<std::optional<double>> out(losses.size());
  if (form_of(weights_) == ArgumentForm::none) return out;
  const auto& given = entries_of(weights_);
  if (form_of(weights_) == ArgumentForm::dict) {
    for (std::size_t i = 0; i < losses.size(); ++i) {
      const bool dict = form_of(loss_) == ArgumentForm::dict;
      const std::string name = dict                       ? losses[i].first
                               : i < outputs.names.size() ? outputs.names[i]
                                                          : std::string();
      const bool named =
          std::any_of(given.begin(), given.end(), [&](const auto& e) { return e.first == name; });
      if (!named) {
        throw GraphError(
            fmt::format("compile: `loss_weights` has no entry for output '{}'. Expected: the keys "
                        "{}. Received: {}.",
                        name, quoted_list(outputs.names), quoted_list(keys_of(given))));
      }
      out[i] = value_of(given, name);
    }
    return out;
  }
  if (form_of(loss_) != ArgumentForm::dict) {
    for (std::size_t i = 0; i < losses.size(); ++i) out[i] = given[i].second;
    return out;
  }
  // A list of weights for a dict of losses: in sorted key order, but in the order of the outputs
  // when those are a list.
  std::vector<std::string> order = keys_of(losses);
  std::sort(order.begin(), order.end());
  if (!outputs.dict) order = outputs.names;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const auto at = std::find(order.begin(), order.end(), losses[i].first) - order.begin();
    out[i] = given[static_cast<std::size_t>(at)].second;
  }
  return out;
}

std::vector<CompileLoss::Assigned> CompileLoss::assign_dict(const Outputs& outputs) const {
  const Entries& losses = entries_of(loss_);
  if (!outputs.dict && !same_names(keys_of(losses), outputs.names)) {
    throw GraphError(fmt::format("Expected keys {} in loss dict, but found loss.keys()={}",
                                 quoted_list(outputs.names), quoted_list(keys_of(losses))));
  }
  std::vector<Assigned> out;
  const auto weight = weights(outputs);
  for (std::size_t i = 0; i < losses.size(); ++i) {
    const int at = outputs.find(losses[i].first);
    if (at < 0) throw_path("'" + losses[i].first + "'", outputs);
    out.push_back({at, losses[i].second, weight[i]});
  }
  // With a list of outputs Keras turns the dict into a list, with a dict it keeps the user's order.
  if (!outputs.dict) {
    std::sort(out.begin(), out.end(),
              [](const Assigned& a, const Assigned& b) { return a.output < b.output; });
  }
  return out;
}

std::vector<CompileLoss::Assigned> CompileLoss::assign(const Outputs& outputs) const {
  const Entries& losses = entries_of(loss_);
  const int count = static_cast<int>(losses.size());
  if (form_of(loss_) == ArgumentForm::dict) return assign_dict(outputs);
  std::vector<Assigned> out;
  const auto weight = weights(outputs);
  if (form_of(loss_) == ArgumentForm::single) {
    for (int i = 0; i < outputs.count(); ++i) out.push_back({i, losses[0].second, weight[0]});
    return out;
  }
  if (outputs.dict && count != outputs.count())
    throw_path(std::to_string(outputs.count()), outputs);
  for (int i = 0; i < count; ++i) {
    const auto k = static_cast<std::size_t>(i);
    if (!outputs.single && i >= outputs.count()) throw_path(std::to_string(i), outputs);
    out.push_back({outputs.single ? 0 : i, losses[k].second, weight[k]});
  }
  return out;
}

void CompileLoss::build(const std::vector<Tensor>& y_true, const Outputs& outputs,
                        const std::vector<Assigned>& assigned) {
  std::set<std::string> names;
  for (const Assigned& a : assigned) {
    const SpecState<Loss>* given = spec_of(a.loss);
    if (given == nullptr) continue;
    const auto at = static_cast<std::size_t>(a.output);
    Entry e{.output = a.output,
            .loss = {},
            .weight = a.weight,
            .name = outputs.names[at],
            .tracker = {}};
    e.loss = is_crossentropy(given->id)
                 ? resolve_crossentropy(y_true[at].shape(), outputs.tensors[at].shape(), given->id)
                 : loss_of(a.loss);
    if (e.name.empty()) e.name = e.loss->name();
    const std::string base = e.name;
    for (int i = 1; !names.insert(e.name).second; ++i) e.name = fmt::format("{}_{}", base, i);
    entries_.push_back(std::move(e));
  }
  if (entries_.size() > 1) {
    for (Entry& e : entries_) e.tracker = metrics::Mean({.name = e.name + "_loss"});
  }
  built_ = true;
}

Tensor CompileLoss::operator()(const Tensors& y_true, const Tensors& y_pred,
                               const Tensors& sample_weight) {
  const Outputs outputs = outputs_of(y_pred, output_names_);
  const std::vector<Assigned> assigned = assign(outputs);
  std::vector<bool> needed(outputs.tensors.size());
  for (const Assigned& a : assigned)
    needed[static_cast<std::size_t>(a.output)] = spec_of(a.loss) != nullptr;
  const std::vector<Tensor> targets = match_outputs("y_true", y_true, outputs, needed);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (!needed[i] || targets[i]) continue;
    throw GraphError(
        fmt::format("There are no targets for output '{}', which has a loss. Expected: a tensor in "
                    "y. Received: y: {}",
                    outputs.names[i], y_true.size() == 0 ? "None" : structure_text(y_true)));
  }
  std::vector<Tensor> weights(targets.size());
  if (sample_weight.is_single())
    std::fill(weights.begin(), weights.end(), sample_weight.flat()[0]);
  else
    weights = match_outputs("sample_weight", sample_weight, outputs, needed);
  if (!built_) build(targets, outputs, assigned);

  Tensor total;
  for (Entry& e : entries_) {
    const auto at = static_cast<std::size_t>(e.output);
    const std::optional<Tensor> weight = weights[at] ? std::optional(weights[at]) : std::nullopt;
    Tensor value = as_dtype((*e.loss)(targets[at], outputs.tensors[at], weight), floatx());
    if (e.tracker) {
      const auto rows =
          static_cast<float>(static_cast<std::int64_t>(outputs.tensors[at].shape()[0]));
      static_cast<MeanMetric&>(*e.tracker).update_mean(value, Tensor(rows));
    }
    if (e.weight) value = value * *e.weight;
    total = total ? total + value : value;
  }
  return total;
}

std::vector<Named<Tensor>> CompileLoss::results() const {
  std::vector<Named<Tensor>> out;
  for (const Entry& e : entries_) {
    if (e.tracker) out.emplace_back(e.tracker->name(), e.tracker->result());
  }
  return out;
}

std::vector<Ref<Metric>> CompileLoss::metrics() const {
  std::vector<Ref<Metric>> out;
  for (const Entry& e : entries_) {
    if (e.tracker) out.push_back(e.tracker);
  }
  return out;
}

void CompileLoss::reset_state() {
  for (Entry& e : entries_) {
    if (e.tracker) e.tracker->reset_state();
  }
}

std::unique_ptr<CompileLoss> make_compile_loss(const PerOutput<LossSpec>& loss,
                                               const PerOutput<double>& loss_weights) {
  const auto& all = entries_of(loss);
  const bool any = std::any_of(all.begin(), all.end(),
                               [](const auto& e) { return spec_of(e.second) != nullptr; });
  return any ? std::make_unique<CompileLoss>(loss, loss_weights) : nullptr;
}

MetricRef make_loss_tracker() { return std::make_shared<LossTracker>(); }

}  // namespace weft::detail
