#include "training/compile_metrics.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <map>

#include "core/names.hpp"
#include "graph/functional/error_context.hpp"
#include "training/compile_args_access.hpp"

namespace weft::detail {
namespace {

void check_identifiers(const Metrics& metrics) {
  for (const auto& [output, list] : entries_of(metrics)) {
    for (const MetricSpec& one : entries_of(list)) check_known(one);
  }
}

std::string text_of(const MetricList& list) {
  std::string all;
  for (const MetricSpec& one : entries_of(list)) all += (all.empty() ? "" : ", ") + text(one);
  return "[" + all + "]";
}

std::string text_of(const Metrics& metrics) {
  if (form_of(metrics) != ArgumentForm::dict)
    return entries_of(metrics).empty() ? "[]" : text_of(entries_of(metrics)[0].second);
  std::string all;
  for (const auto& [name, list] : entries_of(metrics))
    all += (all.empty() ? "'" : ", '") + name + "': " + text_of(list);
  return "{" + all + "}";
}

/// All metrics of a structure in Keras's flattening order: dicts by sorted keys.
std::vector<MetricSpec> flattened(const Metrics& metrics) {
  std::map<std::string, std::vector<MetricSpec>> sorted;
  for (const auto& [name, list] : entries_of(metrics)) sorted[name] = entries_of(list);
  std::vector<MetricSpec> all;
  for (const auto& [name, list] : sorted) all.insert(all.end(), list.begin(), list.end());
  return all;
}

// The parts per output. A list that is shorter than the outputs, as some have no loss, belongs to
// the first of them: Keras 3.15.1 pairs targets, predictions and metrics by place, also where the
// loss takes the targets for later outputs.
std::vector<Tensor> by_place(const char* what, const Tensors& given, const Outputs& outputs) {
  std::vector<bool> needed(outputs.tensors.size());
  const std::size_t count =
      given.is_dict() ? needed.size() : std::min<std::size_t>(needed.size(), given.flat().size());
  std::fill_n(needed.begin(), count, true);
  return match_outputs(what, given, outputs, needed);
}

}  // namespace

CompileMetrics::CompileMetrics(Metrics metrics, Metrics weighted_metrics)
    : metrics_(std::move(metrics)), weighted_(std::move(weighted_metrics)) {
  check_identifiers(metrics_);
  check_identifiers(weighted_);
}

CompileMetrics::OutputMetrics CompileMetrics::make_for(int output,
                                                       const std::vector<MetricSpec>& given,
                                                       const Targets& y_true,
                                                       const Outputs& outputs) const {
  OutputMetrics out{.output = output, .prefix = {}, .metrics = {}};
  const auto at = static_cast<std::size_t>(output);
  const Tensor& target = y_true.parts[at];
  if (!target && !y_true.by_name) return out;
  if (outputs.count() > 1) out.prefix = outputs.names[at];
  for (const MetricSpec& one : given) {
    const SpecState<Metric>* s = spec_of(one);
    if (s == nullptr) throw GraphError("Expected metric, received `None`.");
    if (!is_accuracy(s->id)) {
      out.metrics.push_back(metric_of(one));
    } else if (target) {
      out.metrics.push_back(resolve_accuracy(target.shape(), outputs.tensors[at].shape(), s->id));
    } else {
      throw GraphError(
          fmt::format("There are no targets for output '{}', which has the metric '{}'. Expected: "
                      "a tensor in y.",
                      outputs.names[at], s->id));
    }
  }
  return out;
}

std::vector<CompileMetrics::OutputMetrics> CompileMetrics::make(const Metrics& given,
                                                                const char* argument,
                                                                const Targets& y_true,
                                                                const Outputs& outputs) const {
  std::vector<OutputMetrics> out;
  if (flattened(given).empty()) return out;
  const int count = outputs.count();
  if (count == 1) {
    out.push_back(make_for(0, flattened(given), y_true, outputs));
    return out;
  }
  // Of a dict of outputs Keras takes the model's order when its names are the keys, else the sorted
  // keys.
  std::vector<int> order;
  for (const std::string& name : output_names_) order.push_back(outputs.find(name));
  if (static_cast<int>(order.size()) != count || std::count(order.begin(), order.end(), -1) != 0) {
    order.clear();
    for (int i = 0; i < count; ++i) order.push_back(i);
  }
  const auto& lists = entries_of(given);
  if (form_of(given) == ArgumentForm::dict) {
    const bool known = std::all_of(lists.begin(), lists.end(),
                                   [&](const auto& e) { return outputs.find(e.first) >= 0; });
    for (const int output : order) {
      for (const auto& [name, list] : lists) {
        if (known && outputs.find(name) == output)
          out.push_back(make_for(output, entries_of(list), y_true, outputs));
      }
    }
    if (known) return out;
  } else if (const auto& flat = entries_of(lists[0].second);
             static_cast<int>(flat.size()) == count) {
    for (int i = 0; i < count; ++i) {
      const MetricSpec& one = flat[static_cast<std::size_t>(i)];
      if (spec_of(one) != nullptr)
        out.push_back(make_for(order[static_cast<std::size_t>(i)], {one}, y_true, outputs));
    }
    return out;
  }
  throw GraphError(
      fmt::format("Invalid `{0}`. `{0}` should contain metrics objects and either be a dict or a "
                  "list matching the output "
                  "names of the functional model {1}. Received: {0}={2}",
                  argument, quoted_list(outputs.names), text_of(given)));
}

void CompileMetrics::build(const Tensors& y_true, const Tensors& y_pred) {
  if (built_) return;
  const Outputs outputs = outputs_of(y_pred, output_names_);
  const Targets targets{by_place("y_true", y_true, outputs), y_true.is_dict()};
  flat_metrics_ = make(metrics_, "metrics", targets, outputs);
  flat_weighted_ = make(weighted_, "weighted_metrics", targets, outputs);
  built_ = true;
}

void CompileMetrics::update_state(const Tensors& y_true, const Tensors& y_pred,
                                  const Tensors& sample_weight) {
  build(y_true, y_pred);
  const Outputs outputs = outputs_of(y_pred, output_names_);
  const std::vector<Tensor> targets = by_place("y_true", y_true, outputs);
  std::vector<Tensor> weights(targets.size());
  if (sample_weight.is_single())
    std::fill(weights.begin(), weights.end(), sample_weight.flat()[0]);
  else
    weights = by_place("sample_weight", sample_weight, outputs);
  const auto update = [](Metric& metric, const Tensor& y, const Tensor& prediction,
                         const std::optional<Tensor>& weight) {
    try {
      metric.update_state(y, prediction, weight);
    } catch (const Error& e) {
      rethrow_with_context(
          e, fmt::format("updating the metric '{}'. Shapes of y_true and y_pred: {}, {}",
                         metric.name(), y.shape().to_string(), prediction.shape().to_string()));
    }
  };
  for (const OutputMetrics& o : flat_metrics_) {
    const auto at = static_cast<std::size_t>(o.output);
    for (const Ref<Metric>& m : o.metrics) {
      if (targets[at]) update(*m, targets[at], outputs.tensors[at], std::nullopt);
    }
  }
  for (const OutputMetrics& o : flat_weighted_) {
    const auto at = static_cast<std::size_t>(o.output);
    const std::optional<Tensor> weight = weights[at] ? std::optional(weights[at]) : std::nullopt;
    for (const Ref<Metric>& m : o.metrics) {
      if (targets[at]) update(*m, targets[at], outputs.tensors[at], weight);
    }
  }
}

std::vector<Named<Tensor>> CompileMetrics::results() const {
  std::vector<Named<Tensor>> out;
  std::map<std::string, int> seen;
  const auto add = [&](std::string name, const Ref<Metric>& metric) {
    if (const int times = seen[name]++; times > 0) name += "_" + std::to_string(times);
    out.emplace_back(name, metric->result());
  };
  const auto with_prefix = [](const OutputMetrics& o, const std::string& name) {
    return o.prefix.empty() ? name : o.prefix + "_" + name;
  };
  for (const OutputMetrics& o : flat_metrics_) {
    for (const Ref<Metric>& m : o.metrics) add(with_prefix(o, m->name()), m);
  }
  for (const OutputMetrics& o : flat_weighted_) {
    for (const Ref<Metric>& m : o.metrics) {
      const std::string name = with_prefix(o, m->name());
      add(seen.count(name) == 0 ? name : with_prefix(o, "weighted_" + m->name()), m);
    }
  }
  return out;
}

std::vector<Ref<Metric>> CompileMetrics::metrics() const {
  std::vector<Ref<Metric>> all;
  for (const auto* part : {&flat_metrics_, &flat_weighted_}) {
    for (const OutputMetrics& o : *part) all.insert(all.end(), o.metrics.begin(), o.metrics.end());
  }
  return all;
}

void CompileMetrics::reset_state() {
  for (const Ref<Metric>& m : metrics()) m->reset_state();
}

std::unique_ptr<CompileMetrics> make_compile_metrics(const Metrics& metrics,
                                                     const Metrics& weighted_metrics) {
  if (flattened(metrics).empty() && flattened(weighted_metrics).empty()) return nullptr;
  return std::make_unique<CompileMetrics>(metrics, weighted_metrics);
}

}  // namespace weft::detail
