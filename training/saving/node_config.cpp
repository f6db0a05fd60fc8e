#include "training/saving/node_config.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <algorithm>

#include "core/config_access.hpp"
#include "graph/functional/layer_state.hpp"
#include "graph/functional/op_node.hpp"
#include "training/functional_layer.hpp"

namespace weft::detail {
namespace {

int index_in(const Node& node, const LayerGraph& graph) {
  int index = 0;
  for (const auto& one : graph.nodes_of(*node.operation())) {
    if (one.get() == &node) return index;
    ++index;
  }
  throw GraphError("The node of '" + node.operation()->name() +
                   "' is not part of the model that is being saved.");
}

// The numbers of a constant as NumPy's tolist() nests them.
template <class T>
ConfigValue nested_list(const std::vector<T>& values, const Shape& shape, int axis,
                        std::size_t& next) {
  if (axis == shape.rank()) return ConfigValue(static_cast<T>(values[next++]));
  ConfigList list;
  for (std::int64_t i = 0; i < shape[axis]; ++i)
    list.push_back(nested_list(values, shape, axis + 1, next));
  return make_list(std::move(list));
}

ConfigValue constant_config(const Tensor& t) {
  std::size_t next = 0;
  const ConfigValue value =
      t.dtype() == DType::boolean ? nested_list(t.to_vector<bool>(), t.shape(), 0, next)
      : t.dtype().is_floating()   ? nested_list(t.to_vector<double>(), t.shape(), 0, next)
                                  : nested_list(t.to_vector<std::int64_t>(), t.shape(), 0, next);
  if (t.shape().rank() == 0) return value;
  const Config array{{"value", ConfigItem(value)}, {"dtype", t.dtype()}};
  return Config{{"class_name", "__numpy__"}, {"config", array}};
}

ConfigValue tensor_config(const Tensor& t, const LayerGraph& graph) {
  if (!is_functional(t)) return constant_config(t);
  const Config config{{"shape", t.shape()},
                      {"dtype", t.dtype()},
                      {"keras_history", ConfigItem(tensor_place(t, graph, false))}};
  return Config{{"class_name", "__keras_tensor__"}, {"config", config}};
}

std::vector<ConfigValue> tensor_configs(const std::vector<Tensor>& tensors,
                                        const LayerGraph& graph) {
  std::vector<ConfigValue> out;
  for (const Tensor& t : tensors) out.push_back(tensor_config(t, graph));
  return out;
}

ConfigValue structure_config(const Tensors& t, const LayerGraph& graph) {
  if (t.is_single()) return tensor_config(t.flat()[0], graph);
  if (!t.is_dict()) return make_list(tensor_configs(t.flat(), graph));
  Config dict;
  for (const std::string& key : t.keys()) dict.set(key, ConfigItem(tensor_config(t[key], graph)));
  return dict;
}

// Masks in the structure of the arguments that they belong to, null where there is none, as Keras's
// Layer.__call__ keeps them.
ConfigValue mask_config(const Node& node, const LayerGraph& graph) {
  const auto masks = mask_list(node.options().mask);
  std::vector<ConfigValue> flat;
  for (int i = 0; i < node.args().size(); ++i) {
    const auto at = static_cast<std::size_t>(i);
    flat.push_back(at < masks.size() && masks[at] ? tensor_config(*masks[at], graph)
                                                  : ConfigValue());
  }
  if (node.args().is_single()) return flat[0];
  if (!node.args().is_dict()) return make_list(std::move(flat));
  const std::vector<std::string> keys = node.args().keys();
  std::vector<std::string> sorted = keys;
  std::sort(sorted.begin(), sorted.end());
  Config dict;
  for (const std::string& key : keys) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), key) - sorted.begin();
    dict.set(key, ConfigItem(flat[static_cast<std::size_t>(at)]));
  }
  return dict;
}

// Whether a call has the argument `mask` in the file. Keras's layers that take one have it in every
// node, also when there is none; of a class of the user's own nobody knows what its Python twin
// takes, so that only a mask that is there is written.
bool writes_mask(const Layer& layer, const Node& node) {
  const auto masks = mask_list(node.options().mask);
  const bool any =
      std::any_of(masks.begin(), masks.end(), [](const auto& mask) { return mask.has_value(); });
  if (!LayerAccess::takes_context(layer)) {
    if (any && log_enabled(LogLevel::warning)) {
      log(LogLevel::warning,
          fmt::format("The layer '{}' ({}) was called with an explicit mask, which the `call` of "
                      "its class does not take: weft opens the saved model, Keras does not.",
                      layer.name(), layer.class_name()));
    }
    return any;
  }
  return any || layer.module().rfind("keras", 0) == 0;
}

void add_named_masks(Config& kwargs, const Node& node, const LayerGraph& graph) {
  const std::vector<std::string>& names = arguments_of(*node.operation());
  const auto masks = mask_list(node.options().mask);
  for (std::size_t i = 0; i < std::min(masks.size(), names.size()); ++i) {
    if (masks[i]) kwargs.set(names[i] + "_mask", ConfigItem(tensor_config(*masks[i], graph)));
  }
}

void add_keywords(Config& kwargs, const CallOptions& options, const LayerGraph& graph) {
  for (const auto& field : call_tensors<CallOptions>) {
    const Tensor& t = options.*field.place;
    if (t) kwargs.set(field.name, ConfigItem(tensor_config(t, graph)));
  }
  for (const auto& field : call_flags<CallOptions>) {
    if (options.*field.place) kwargs.set(field.name, true);
  }
}

// What stands beside the first argument of a call, each with its twin in revive_call_options.
Config kwargs_config(const Node& node, const LayerGraph& graph) {
  Config kwargs;
  const auto* layer = dynamic_cast<const Layer*>(node.operation().get());
  if (layer == nullptr) return kwargs;
  const CallOptions& options = node.options();
  if (options.training) kwargs.set("training", *options.training);
  if (!arguments_of(*layer).empty()) {
    add_named_masks(kwargs, node, graph);
    add_keywords(kwargs, options, graph);
    return kwargs;
  }
  const bool states = options.initial_state.size() != 0;
  if (states)
    kwargs.set("initial_state", ConfigItem(structure_config(options.initial_state, graph)));
  // A call on several arguments is handed no mask that its inputs only carry.
  if (writes_mask(*layer, node) && !(states && mask_list(options.mask).empty()))
    kwargs.set("mask", ConfigItem(mask_config(node, graph)));
  add_keywords(kwargs, options, graph);
  return kwargs;
}

}  // namespace

ConfigValue tensor_place(const Tensor& tensor, const LayerGraph& graph, bool nested_offset) {
  const History& history = history_of(tensor);
  const bool nested = nested_offset && dynamic_cast<const FunctionalLayer*>(
                                           history.node->operation().get()) != nullptr;
  const int index = index_in(*history.node, graph) + (nested ? 1 : 0);
  return make_list({history.node->operation()->name(), index, history.tensor_index});
}

Config node_config(const Node& node, const LayerGraph& graph) {
  Config out;
  std::vector<ConfigValue> args;
  if (dynamic_cast<const OpNode*>(node.operation().get()) != nullptr) {
    out.set("args", ConfigItem(op_arguments(node, tensor_configs(node.args().flat(), graph))));
  } else {
    if (arguments_of(*node.operation()).empty())
      args.push_back(structure_config(node.args(), graph));
    else
      args = tensor_configs(node.args().flat(), graph);
    out.set("args", ConfigItem(make_list(std::move(args))));
  }
  out.set("kwargs", kwargs_config(node, graph));
  return out;
}

}  // namespace weft::detail
