#include "training/saving/node_config.hpp"

#include <weft/core/error.h>

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

ConfigValue constant_config(const Tensor& t) {
  if (t.shape().rank() == 0) {
    if (t.dtype() == DType::boolean) return t.item<bool>();
    if (t.dtype().is_floating()) return t.item<double>();
    return t.item<std::int64_t>();
  }
  const Config value{{"value", t.to_vector<double>()}, {"dtype", t.dtype()}, {"shape", t.shape()}};
  return Config{{"class_name", "__numpy__"}, {"config", value}};
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

// Layers that can see a mask say so in every node, also when there is none.
bool shows_mask(const Layer& layer) {
  static const char* const names[] = {
      "BatchNormalization", "Functional", "Sequential",    "LSTM",   "GRU",
      "SimpleRNN",          "RNN",        "Bidirectional", "Softmax"};
  for (const char* name : names) {
    if (layer.class_name() == name) return true;
  }
  return false;
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

Config kwargs_config(const Node& node, const LayerGraph& graph) {
  Config kwargs;
  const CallOptions& options = node.options();
  if (options.training) kwargs.set("training", *options.training);
  if (!arguments_of(*node.operation()).empty()) {
    add_attention_kwargs(kwargs, node, graph);
    return kwargs;
  }
  const auto* layer = dynamic_cast<const Layer*>(node.operation().get());
  if (layer == nullptr || !shows_mask(*layer)) return kwargs;
  const auto masks = mask_list(options.mask);
  if (masks.empty() || !masks[0])
    kwargs.set("mask", nullptr);
  else
    kwargs.set("mask", ConfigItem(tensor_config(*masks[0], graph)));
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

std::optional<Tensor> revive_tensor(const ConfigValue& v, const TensorLookup& lookup) {
  if (is_object(v, "__keras_tensor__")) {
    const Tensor found = lookup(place_in_file(dict(v).get<Config>("config")["keras_history"]));
    if (!found) return std::nullopt;
    return found;
  }
  if (is_object(v, "__numpy__") || is_object(v, "__tensor__")) {
    const Config config = dict(v).get<Config>("config");
    const Tensor flat =
        kind(config["value"]) == ConfigKind::list
            ? Tensor::from(config.get<std::vector<double>>("value"))
            : Tensor::from(std::vector<double>{config.get<double>("value")}, Shape());
    const Tensor typed = flat.astype(DType(config.get<std::string>("dtype")));
    return config.contains("shape") ? typed.reshape(config.get<Shape>("shape")) : typed;
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
                                           const Config& kwargs, const TensorLookup& lookup,
                                           LayerCall call) {
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

}  // namespace

std::optional<LayerCall> revive_call(const Layer& layer, const std::vector<ConfigValue>& args,
                                     const Config& kwargs, const TensorLookup& lookup) {
  LayerCall call;
  if (kwargs.contains("training") && kind(kwargs["training"]) == ConfigKind::boolean)
    call.options.training = boolean(kwargs["training"]);
  const std::vector<std::string>& names = arguments_of(layer);
  if (!names.empty()) return revive_named_call(names, args, kwargs, lookup, std::move(call));
  if (args.empty())
    throw Error("Invalid Functional model configuration: the call of layer '" + layer.name() +
                "' has no arguments.");
  const std::optional<Tensors> inputs = revive_tensors(args[0], lookup);
  Tensor mask;
  if (!inputs || !optional_tensor(kwargs, "mask", lookup, mask)) return std::nullopt;
  call.inputs = *inputs;
  if (mask) call.options.mask = mask;
  return call;
}

}  // namespace weft::detail
