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

// The names of a layer's tensor arguments, where it has several.
const std::vector<std::string>& arguments_of(const Operation& op) {
  static const std::vector<std::string> one;
  const auto* layer = dynamic_cast<const Layer*>(&op);
  return layer == nullptr ? one : LayerAccess::state(*layer).arguments;
}

void add_attention_kwargs(Config& kwargs, const Node& node, const LayerGraph& graph) {
  const CallOptions& options = node.options();
  const std::vector<std::string>& names = arguments_of(*node.operation());
  const auto masks = mask_list(options.mask);
  for (std::size_t i = 0; i < std::min(masks.size(), names.size()); ++i) {
    if (masks[i]) kwargs.set(names[i] + "_mask", ConfigItem(tensor_config(*masks[i], graph)));
  }
  if (options.attention_mask)
    kwargs.set("attention_mask", ConfigItem(tensor_config(options.attention_mask, graph)));
  if (options.return_attention_scores) kwargs.set("return_attention_scores", true);
  if (options.use_causal_mask) kwargs.set("use_causal_mask", true);
}

// What stands beside the first argument of a call, each with its twin in revive_call_options.
Config kwargs_config(const Node& node, const LayerGraph& graph) {
  Config kwargs;
  const auto* layer = dynamic_cast<const Layer*>(node.operation().get());
  if (layer == nullptr) return kwargs;
  const CallOptions& options = node.options();
  if (options.training) kwargs.set("training", *options.training);
  if (!arguments_of(*layer).empty()) {
    add_attention_kwargs(kwargs, node, graph);
    return kwargs;
  }
  const bool states = options.initial_state.size() != 0;
  if (states)
    kwargs.set("initial_state", ConfigItem(structure_config(options.initial_state, graph)));
  // A call on several arguments is handed no mask that its inputs only carry.
  if (writes_mask(*layer, node) && !(states && mask_list(options.mask).empty()))
    kwargs.set("mask", ConfigItem(mask_config(node, graph)));
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

PlaceInFile place_in_file(const ConfigValue& place) {
  const ConfigList& l = list(place);
  if (l.size() < 3)
    throw Error(
        "Invalid Functional model configuration: a tensor's place must be [name, node, tensor]. "
        "Received: " +
        to_text(place));
  return {string(l[0]), static_cast<int>(integer(l[1])), static_cast<int>(integer(l[2]))};
}

namespace {

bool is_object(const ConfigValue& v, const char* class_name) {
  if (kind(v) != ConfigKind::dict) return false;
  const ConfigValue* name = find(dict(v), "class_name");
  return name != nullptr && kind(*name) == ConfigKind::string && string(*name) == class_name;
}

// Numbers that are nested as in NumPy's tolist().
void append_nested(const ConfigValue& v, std::size_t axis, const std::vector<std::int64_t>& dims,
                   std::vector<double>& values) {
  const bool is_list = kind(v) == ConfigKind::list;
  if (is_list != (axis < dims.size()) ||
      (is_list && static_cast<std::int64_t>(list(v).size()) != dims[axis])) {
    throw Error(
        "Invalid Functional model configuration: the lists of an array are not all of one length.");
  }
  if (is_list) {
    for (const ConfigValue& one : list(v)) append_nested(one, axis + 1, dims, values);
  } else {
    values.push_back(kind(v) == ConfigKind::boolean ? (boolean(v) ? 1.0 : 0.0) : floating(v));
  }
}

Tensor revive_array(const ConfigValue& value, DType dtype) {
  std::vector<std::int64_t> sizes;
  for (ConfigValue v = value; kind(v) == ConfigKind::list; v = list(v)[0]) {
    sizes.push_back(static_cast<std::int64_t>(list(v).size()));
    if (list(v).empty()) break;
  }
  std::vector<double> values;
  append_nested(value, 0, sizes, values);
  return Tensor::from(values, Shape(std::vector<Dim>(sizes.begin(), sizes.end()))).astype(dtype);
}

std::optional<Tensor> revive_tensor(const ConfigValue& v, const TensorLookup& lookup) {
  if (is_object(v, "__keras_tensor__")) {
    const Tensor found = lookup(place_in_file(dict(v).get<Config>("config")["keras_history"]));
    if (!found) return std::nullopt;
    return found;
  }
  if (is_object(v, "__numpy__") || is_object(v, "__tensor__")) {
    const Config config = dict(v).get<Config>("config");
    return revive_array(config["value"], DType(config.get<std::string>("dtype")));
  }
  switch (kind(v)) {
    case ConfigKind::boolean:
      return Tensor(boolean(v));
    case ConfigKind::integer:
      return Tensor(integer(v));
    case ConfigKind::floating:
      return Tensor(floating(v));
    default:
      throw Error(
          "Invalid Functional model configuration: a tensor or a number was expected. Received: " +
          to_text(v));
  }
}

}  // namespace

bool holds_tensor(const ConfigValue& v) {
  if (is_object(v, "__keras_tensor__")) return true;
  if (kind(v) == ConfigKind::list) {
    for (const ConfigValue& one : list(v)) {
      if (holds_tensor(one)) return true;
    }
  }
  if (kind(v) == ConfigKind::dict) {
    for (const auto& [key, one] : entries(dict(v))) {
      if (holds_tensor(one)) return true;
    }
  }
  return false;
}

std::optional<Tensors> revive_tensors(const ConfigValue& v, const TensorLookup& lookup) {
  const bool special =
      is_object(v, "__keras_tensor__") || is_object(v, "__numpy__") || is_object(v, "__tensor__");
  if (kind(v) == ConfigKind::list) {
    std::vector<Tensor> out;
    for (const ConfigValue& one : list(v)) {
      const std::optional<Tensor> t = revive_tensor(one, lookup);
      if (!t) return std::nullopt;
      out.push_back(*t);
    }
    return Tensors(out);
  }
  if (kind(v) == ConfigKind::dict && !special) {
    std::vector<Named<Tensor>> out;
    for (const auto& [key, one] : entries(dict(v))) {
      const std::optional<Tensor> t = revive_tensor(one, lookup);
      if (!t) return std::nullopt;
      out.emplace_back(key, *t);
    }
    return Tensors(out);
  }
  const std::optional<Tensor> t = revive_tensor(v, lookup);
  if (!t) return std::nullopt;
  return Tensors(*t);
}

namespace {

// Masks as a list in flattened order, from one of them or any structure of them and nulls. None
// when some tensor does not exist yet.
std::optional<std::vector<std::optional<Tensor>>> revive_masks(const ConfigValue& v,
                                                               const TensorLookup& lookup) {
  std::vector<ConfigValue> flat{v};
  const bool special =
      is_object(v, "__keras_tensor__") || is_object(v, "__numpy__") || is_object(v, "__tensor__");
  if (kind(v) == ConfigKind::list) flat = list(v);
  if (kind(v) == ConfigKind::dict && !special) {
    ConfigEntries sorted = entries(dict(v));
    std::sort(sorted.begin(), sorted.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    flat.clear();
    for (const auto& [key, one] : sorted) flat.push_back(one);
  }
  std::vector<std::optional<Tensor>> masks;
  for (const ConfigValue& one : flat) {
    masks.emplace_back();
    if (one.is_null()) continue;
    masks.back() = revive_tensor(one, lookup);
    if (!masks.back()) return std::nullopt;
  }
  return masks;
}

bool flag(const Config& kwargs, const char* key) {
  return kwargs.contains(key) && kind(kwargs[key]) == ConfigKind::boolean && boolean(kwargs[key]);
}

// A tensor that may be absent or null; false while it does not exist yet.
bool optional_tensor(const Config& kwargs, const std::string& key, const TensorLookup& lookup,
                     Tensor& to) {
  if (!kwargs.contains(key) || kind(kwargs[key]) != ConfigKind::dict) return true;
  const std::optional<Tensor> t = revive_tensor(kwargs[key], lookup);
  if (t) to = *t;
  return t.has_value();
}

// query, value, key: by place or by name, with a mask each.
std::optional<LayerCall> revive_named_call(const std::vector<std::string>& names,
                                           const std::vector<ConfigValue>& args,
                                           const Config& kwargs, const TensorLookup& lookup) {
  LayerCall call;
  if (kwargs.contains("training") && kind(kwargs["training"]) == ConfigKind::boolean)
    call.options.training = boolean(kwargs["training"]);
  std::vector<Tensor> inputs;
  std::vector<std::optional<Tensor>> masks(names.size());
  bool any_mask = false;
  for (std::size_t i = 0; i < names.size(); ++i) {
    Tensor input, mask;
    if (i < args.size() && !args[i].is_null()) {
      const std::optional<Tensor> t = revive_tensor(args[i], lookup);
      if (!t) return std::nullopt;
      input = *t;
    }
    if (!optional_tensor(kwargs, names[i], lookup, input) ||
        !optional_tensor(kwargs, names[i] + "_mask", lookup, mask))
      return std::nullopt;
    if (input) inputs.push_back(input);
    if (mask) masks[i] = mask;
    any_mask = any_mask || mask;
  }
  if (!optional_tensor(kwargs, "attention_mask", lookup, call.options.attention_mask))
    return std::nullopt;
  if (any_mask) call.options.mask = masks;
  call.options.return_attention_scores = flag(kwargs, "return_attention_scores");
  call.options.use_causal_mask = flag(kwargs, "use_causal_mask");
  call.inputs = inputs;
  return call;
}

// What stands beside the arguments; none when some tensor does not exist yet.
std::optional<CallOptions> revive_call_options(const Config& kwargs, const TensorLookup& lookup) {
  CallOptions options;
  for (const auto& [key, value] : entries(kwargs)) {
    if (value.is_null()) continue;
    if (key == "training") {
      options.training = value.get<bool>();
    } else if (key == "mask") {
      const auto masks = revive_masks(value, lookup);
      if (!masks) return std::nullopt;
      options.mask = *masks;
    } else if (key == "initial_state") {
      const auto states = revive_tensors(value, lookup);
      if (!states) return std::nullopt;
      options.initial_state = *states;
    } else if (holds_tensor(value)) {
      throw Error(
          fmt::format("The call's argument '{}' is not known. Expected: training, mask or "
                      "initial_state. Received: {}",
                      key, to_text(value)));
    }
  }
  return options;
}

}  // namespace

std::optional<LayerCall> revive_call(const Layer& layer, const std::vector<ConfigValue>& args,
                                     const Config& kwargs, const TensorLookup& lookup) {
  const std::vector<std::string>& names = arguments_of(layer);
  if (!names.empty()) return revive_named_call(names, args, kwargs, lookup);
  if (args.empty())
    throw Error("Invalid Functional model configuration: the call of layer '" + layer.name() +
                "' has no arguments.");
  Config keywords = kwargs;
  if (args.size() > 1 && holds_tensor(args[1]))  // the second positional argument
    keywords.set("initial_state", ConfigItem(args[1]));
  const std::optional<Tensors> inputs = revive_tensors(args[0], lookup);
  const std::optional<CallOptions> options = revive_call_options(keywords, lookup);
  if (!inputs || !options) return std::nullopt;
  return LayerCall{*inputs, *options};
}

}  // namespace weft::detail
