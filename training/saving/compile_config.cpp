#include "training/saving/compile_config.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/training/model_layer.h>

#include <algorithm>
#include <map>

#include "core/config_access.hpp"
#include "core/names.hpp"
#include "graph/functional/layer_registry.hpp"
#include "training/compile_args_access.hpp"
#include "training/model_state.hpp"
#include "training/output_match.hpp"
#include "training/registries.hpp"

namespace weft::detail {
namespace {

// An object that can be serialised, an identifier, or null.
template <class Base>
ConfigValue spec_config(const SpecOf<Base>& s, const char* what) {
  const auto* state = spec_of(s);
  if (state == nullptr) return {};
  if (!state->id.empty()) return state->id;
  if (state->object) return serialize(*state->object);
  throw Error(std::string("The model cannot be saved with its compile configuration: a ") + what +
              " is a function without a name. Expected: an identifier, or an object with "
              "class_name() and get_config().");
}

ConfigValue losses_config(const PerOutput<LossSpec>& losses) {
  const auto& all = entries_of(losses);
  switch (form_of(losses)) {
    case ArgumentForm::none:
      return {};
    case ArgumentForm::single:
      return spec_config(all.at(0).second, "loss");
    case ArgumentForm::list: {
      ConfigList list;
      for (const auto& [name, loss] : all) list.push_back(spec_config(loss, "loss"));
      return make_list(std::move(list));
    }
    case ArgumentForm::dict:
      break;
  }
  Config dict;
  for (const auto& [name, loss] : all) dict.set(name, ConfigItem(spec_config(loss, "loss")));
  return dict;
}

ConfigValue weights_config(const PerOutput<double>& weights) {
  const auto& all = entries_of(weights);
  switch (form_of(weights)) {
    case ArgumentForm::none:
      return {};
    case ArgumentForm::single:
      return all.at(0).second;
    case ArgumentForm::list: {
      ConfigList list;
      for (const auto& [name, weight] : all) list.push_back(weight);
      return make_list(std::move(list));
    }
    case ArgumentForm::dict:
      break;
  }
  Config dict;
  for (const auto& [name, weight] : all) dict.set(name, weight);
  return dict;
}

ConfigValue metric_list_config(const MetricList& metrics) {
  ConfigList list;
  for (const MetricSpec& m : entries_of(metrics)) list.push_back(spec_config(m, "metric"));
  if (form_of(metrics) == ArgumentForm::single && list.size() == 1) return list[0];
  return make_list(std::move(list));
}

ConfigValue metrics_config(const Metrics& metrics) {
  const auto& all = entries_of(metrics);
  if (form_of(metrics) == ArgumentForm::none) return {};
  if (form_of(metrics) != ArgumentForm::dict) {
    ConfigList list;
    for (const MetricSpec& m : entries_of(all.at(0).second))
      list.push_back(spec_config(m, "metric"));
    return make_list(std::move(list));
  }
  Config dict;
  for (const auto& [name, list] : all) dict.set(name, ConfigItem(metric_list_config(list)));
  return dict;
}

template <class Base>
SpecOf<Base> revive_spec(const ConfigValue& value, const char* what) {
  if (value.is_null()) return nullptr;
  std::string id = kind(value) == ConfigKind::string ? string(value) : std::string();
  if (kind(value) == ConfigKind::dict) {
    const Config object = value.get<Config>();
    const ConfigValue* class_name = find(object, "class_name");
    if (class_name != nullptr && kind(*class_name) == ConfigKind::string) {
      const ConfigValue* config = find(object, "config");
      const bool function = string(*class_name) == "function" && config != nullptr &&
                            kind(*config) == ConfigKind::string;
      id = function ? string(*config) : std::string();
      const CustomObject* custom = find_custom_object(string(*class_name));
      if (custom != nullptr && custom->as<SpecOf<Base>>() != nullptr)
        return *custom->as<SpecOf<Base>>();
    }
  }
  if (id.empty()) return SpecOf<Base>(deserialize<Base>(value, what));
  const CustomObject* custom = find_custom_object(id);
  if (custom != nullptr && custom->as<SpecOf<Base>>() != nullptr)
    return *custom->as<SpecOf<Base>>();
  return SpecOf<Base>(id);
}

bool is_object(const ConfigValue& value) {
  return kind(value) == ConfigKind::dict && dict(value).contains("class_name");
}

PerOutput<LossSpec> revive_losses(const ConfigValue& value) {
  if (value.is_null()) return {};
  if (kind(value) == ConfigKind::list) {
    std::vector<LossSpec> list_of;
    for (const ConfigValue& one : list(value)) list_of.push_back(revive_spec<Loss>(one, "loss"));
    return PerOutput<LossSpec>(list_of);
  }
  if (kind(value) == ConfigKind::dict && !is_object(value)) {
    std::map<std::string, LossSpec> by_name;
    for (const auto& [name, one] : entries(dict(value)))
      by_name.emplace(name, revive_spec<Loss>(one, "loss"));
    return PerOutput<LossSpec>(by_name);
  }
  return PerOutput<LossSpec>(revive_spec<Loss>(value, "loss"));
}

PerOutput<double> revive_weights(const ConfigValue& value) {
  switch (kind(value)) {
    case ConfigKind::null:
      return {};
    case ConfigKind::list:
      return PerOutput<double>(value.get<std::vector<double>>());
    case ConfigKind::dict: {
      std::map<std::string, double> by_name;
      for (const auto& [name, one] : entries(dict(value))) by_name.emplace(name, floating(one));
      return PerOutput<double>(by_name);
    }
    default:
      return PerOutput<double>(floating(value));
  }
}

MetricList revive_metric_list(const ConfigValue& value) {
  if (kind(value) != ConfigKind::list) return MetricList(revive_spec<Metric>(value, "metric"));
  std::vector<MetricSpec> list_of;
  for (const ConfigValue& one : list(value)) list_of.push_back(revive_spec<Metric>(one, "metric"));
  return MetricList(list_of);
}

Metrics revive_metrics(const ConfigValue& value, const std::vector<std::string>& output_names) {
  if (value.is_null()) return {};
  std::map<std::string, MetricList> by_name;
  if (kind(value) == ConfigKind::dict && !is_object(value)) {
    for (const auto& [name, one] : entries(dict(value)))
      by_name.emplace(name, revive_metric_list(one));
    return Metrics(by_name);
  }
  if (kind(value) != ConfigKind::list) return Metrics(revive_metric_list(value));
  bool lists = false;
  for (const ConfigValue& one : list(value)) lists = lists || kind(one) == ConfigKind::list;
  if (!lists) return Metrics(revive_metric_list(value));
  // Keras's list of lists, one per output.
  const ConfigList& all = list(value);
  if (all.size() == 1) return Metrics(revive_metric_list(all[0]));
  if (all.size() != output_names.size()) {
    throw Error("compile_config: `metrics` has " + std::to_string(all.size()) +
                " lists. Expected: one for each of the " + std::to_string(output_names.size()) +
                " outputs.");
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!all[i].is_null()) by_name.emplace(output_names[i], revive_metric_list(all[i]));
  }
  return Metrics(by_name);
}

ConfigValue value_or_null(const Config& config, const char* key) {
  return config.contains(key) ? config[key] : ConfigValue();
}

}  // namespace

Config compile_config(const ModelLayer& model) {
  const ModelState& state = ModelAccess::state(model);
  if (!state.compiled) return {};
  const CompileOptions& o = state.options;
  return {{"optimizer", serialize(*state.optimizer)},
          {"loss", ConfigItem(losses_config(o.loss))},
          {"loss_weights", ConfigItem(weights_config(o.loss_weights))},
          {"metrics", ConfigItem(metrics_config(o.metrics))},
          {"weighted_metrics", ConfigItem(metrics_config(o.weighted_metrics))},
          {"run_eagerly", o.run_eagerly},
          {"steps_per_execution", 1}};
}

namespace {

// What compile cannot see, as it knows no outputs, is found here: else the first `fit` would say
// it, and of the user's data.
void check_key(const std::vector<std::string>& output_names, const std::string& key,
               const char* argument) {
  if (std::find(output_names.begin(), output_names.end(), key) != output_names.end()) return;
  throw Error(fmt::format(
      "compile_config: the key '{}' of `{}` is no output of the model. Expected: keys out of {}.",
      key, argument, quoted_list(output_names)));
}

void check_metrics(const Metrics& metrics, const std::vector<std::string>& output_names,
                   const char* argument) {
  if (form_of(metrics) == ArgumentForm::none) return;
  if (form_of(metrics) == ArgumentForm::dict) {
    for (const auto& [name, list] : entries_of(metrics)) check_key(output_names, name, argument);
    return;
  }
  const std::size_t count = entries_of(entries_of(metrics).at(0).second).size();
  if (count == 0 || count == output_names.size()) return;
  throw Error(
      fmt::format("compile_config: `{}` is a list of {}. Expected: one for each of the outputs {}.",
                  argument, count, quoted_list(output_names)));
}

void check_against_outputs(const CompileOptions& o, const std::vector<std::string>& output_names) {
  if (output_names.size() < 2) return;  // one output takes whatever there is
  if (form_of(o.loss) == ArgumentForm::dict) {
    for (const auto& [name, loss] : entries_of(o.loss)) check_key(output_names, name, "loss");
  }
  if (form_of(o.loss) == ArgumentForm::list && entries_of(o.loss).size() > output_names.size()) {
    throw Error(fmt::format(
        "compile_config: `loss` is a list of {}. Expected: one for each of the outputs {}.",
        entries_of(o.loss).size(), quoted_list(output_names)));
  }
  check_metrics(o.metrics, output_names, "metrics");
  check_metrics(o.weighted_metrics, output_names, "weighted_metrics");
}

// An error in a part says which.
template <class F>
auto in_part(const char* key, F f) {
  try {
    return f();
  } catch (const Error& e) {
    if (std::string_view(e.what()).rfind("compile_config:", 0) == 0) throw;
    throw Error(fmt::format("compile_config: `{}`: {}", key, e.what()));
  }
}

}  // namespace

CompileOptions revive_compile_config(const Config& config,
                                     const std::vector<std::string>& output_names) {
  CompileOptions options;
  const ConfigValue optimizer = value_or_null(config, "optimizer");
  if (!optimizer.is_null()) {
    options.optimizer = in_part("optimizer", [&] {
      return OptimizerArg(OptimizerRef(deserialize<Optimizer>(optimizer, "optimizer")));
    });
  }
  const auto value = [&](const char* key) { return value_or_null(config, key); };
  options.loss = in_part("loss", [&] { return revive_losses(value("loss")); });
  options.loss_weights =
      in_part("loss_weights", [&] { return revive_weights(value("loss_weights")); });
  options.metrics =
      in_part("metrics", [&] { return revive_metrics(value("metrics"), output_names); });
  options.weighted_metrics = in_part(
      "weighted_metrics", [&] { return revive_metrics(value("weighted_metrics"), output_names); });
  options.run_eagerly = config.get<std::optional<bool>>("run_eagerly", {}).value_or(false);
  check_against_outputs(options, output_names);
  return options;
}

}  // namespace weft::detail
