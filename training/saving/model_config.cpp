#include "training/saving/model_config.hpp"

#include <weft/core/error.h>
#include <weft/training/sequential.h>

#include <map>

#include "core/config_access.hpp"
#include "graph/functional/call.hpp"
#include "graph/functional/error_context.hpp"
#include "graph/functional/input_layer.hpp"
#include "graph/functional/layer_registry.hpp"
#include "graph/functional/layer_state.hpp"
#include "graph/functional/op_node.hpp"
#include "training/functional_layer.hpp"
#include "training/saving/node_config.hpp"
#include "training/sequential_layer.hpp"

namespace weft::detail {
namespace {

Config operation_object(const Operation& op) {
  if (const auto* layer = dynamic_cast<const Layer*>(&op)) return serialize_layer(*layer);
  return {{"module", op.module()},
          {"class_name", op.class_name()},
          {"config", op_config(op)},
          {"registered_name", op.registered_name()}};
}

ConfigValue places(const Tensors& structure, const LayerGraph& graph) {
  if (structure.is_single()) return tensor_place(structure.flat()[0], graph, true);
  if (structure.is_dict()) {
    Config dict;
    for (const std::string& key : structure.keys())
      dict.set(key, ConfigItem(tensor_place(structure[key], graph, true)));
    return dict;
  }
  ConfigList list;
  for (const Tensor& t : structure.flat()) list.push_back(tensor_place(t, graph, true));
  return make_list(std::move(list));
}

}  // namespace

Config functional_config(const FunctionalLayer& model) {
  const LayerGraph& graph = model.graph();
  ConfigList layers;
  for (const std::shared_ptr<Operation>& op : graph.operations()) {
    ConfigList nodes;
    for (const auto& node : graph.nodes_of(*op)) {
      if (!node->is_input()) nodes.push_back(node_config(*node, graph));
    }
    Config entry = operation_object(*op);
    entry.set("name", op->name()).set("inbound_nodes", ConfigItem(make_list(std::move(nodes))));
    layers.push_back(entry);
  }
  return {{"name", model.name()},
          {"trainable", model.trainable()},
          {"layers", ConfigItem(make_list(std::move(layers)))},
          {"input_layers", ConfigItem(places(graph.inputs(), graph))},
          {"output_layers", ConfigItem(places(graph.outputs(), graph))}};
}

Config sequential_config(const SequentialLayer& model, const AnyLayer& input) {
  ConfigList layers;
  if (input) layers.push_back(serialize_layer(*input.base()));
  for (const AnyLayer& layer : model.stack()) layers.push_back(serialize_layer(*layer.base()));
  Config config = model.Layer::get_config();
  config.set("layers", ConfigItem(make_list(std::move(layers))));
  if (model.graph()) config.set("build_input_shape", model.graph()->flat_inputs().at(0).shape());
  return config;
}

namespace {

// Rebuilds the graph of a file: layers first, then their calls, again and again until all tensors
// that a call needs exist.
class GraphReviver {
 public:
  explicit GraphReviver(const Config& config) : config_(config) {
    for (const ConfigValue& value : list(config["layers"])) add(value.get<Config>());
  }

  Tensors structure(const char* key) {
    const ConfigValue value = config_[key];
    if (kind(value) == ConfigKind::dict) {
      std::vector<Named<Tensor>> out;
      for (const auto& [name, place] : entries(dict(value))) out.emplace_back(name, at_end(place));
      return out;
    }
    const ConfigList& l = list(value);
    if (!l.empty() && kind(l[0]) == ConfigKind::string) return at_end(value);
    std::vector<Tensor> out;
    for (const ConfigValue& place : l) out.push_back(at_end(place));
    return out;
  }

  void run() {
    bool progress = true;
    while (progress) {
      progress = false;
      bool waiting = false;
      for (Pending& p : pending_) {
        while (p.next < p.calls.size()) {
          if (!call_in_context(p)) break;
          ++p.next;
          progress = true;
        }
        waiting = waiting || p.next < p.calls.size();
      }
      if (!waiting) return;
    }
    throw Error(
        "Invalid Functional model configuration. The graph described by the config either has "
        "loops or disconnected nodes: '" +
        waiting_name() + "' waits for a tensor that nothing makes.");
  }

 private:
  struct Pending {
    std::string name;
    Config object;
    AnyLayer layer;  // null for an op
    std::vector<Config> calls;
    std::size_t next = 0;
  };

  void add(const Config& object) {
    Pending p;
    p.object = object;
    p.name = object.contains("name") ? object.get<std::string>("name")
                                     : object.get<Config>("config").get<std::string>("name");
    const auto module = object.contains("module") && !object["module"].is_null()
                            ? object.get<std::string>("module")
                            : std::string();
    const bool op = module.find(".ops.") != std::string::npos;
    if (!op) p.layer = layer_from_config(object);
    if (object.contains("inbound_nodes")) {
      for (const ConfigValue& node : list(object["inbound_nodes"]))
        p.calls.push_back(node.get<Config>());
    }
    if (const auto input = std::dynamic_pointer_cast<InputLayer>(p.layer.base()))
      outputs_[p.name].push_back({input_tensor(p.layer)});
    pending_.push_back(std::move(p));
  }

  Tensor find(const PlaceInFile& place) const {
    const auto found = outputs_.find(place.operation);
    if (found == outputs_.end() || place.node >= static_cast<int>(found->second.size()) ||
        place.node < 0)
      return {};
    const std::vector<Tensor>& tensors = found->second[static_cast<std::size_t>(place.node)];
    if (place.tensor < 0 || place.tensor >= static_cast<int>(tensors.size())) return {};
    return tensors[static_cast<std::size_t>(place.tensor)];
  }

  Tensor at_end(const ConfigValue& value) const {
    PlaceInFile place = place_in_file(value);
    // Keras counts the calls of a nested functional model from 1 here.
    for (const Pending& p : pending_) {
      if (p.name == place.operation && p.layer &&
          dynamic_cast<const FunctionalLayer*>(p.layer.base().get()) != nullptr)
        place.node -= 1;
    }
    const Tensor t = find(place);
    if (!t)
      throw Error("Invalid Functional model configuration: there is no tensor " + to_text(value) +
                  ".");
    return t;
  }

  bool call_in_context(Pending& p) {
    try {
      return call(p);
    } catch (const Error& error) {
      rethrow_with_context(error, "reviving call " + std::to_string(p.next) + " of '" + p.name +
                                      "' from its inbound_nodes");
    }
  }

  bool call(Pending& p) {
    const Config& node = p.calls[p.next];
    const ConfigList args = node.contains("args") ? list(node["args"]) : ConfigList();
    const Config kwargs = node.contains("kwargs") ? node.get<Config>("kwargs") : Config();
    const TensorLookup lookup = [this](const PlaceInFile& place) { return find(place); };
    if (!p.layer) {
      const std::optional<std::vector<Tensor>> out =
          revive_op(p.object, args, kwargs, lookup, p.name);
      if (out) outputs_[p.name].push_back(*out);
      return out.has_value();
    }
    const std::optional<LayerCall> made = revive_call(*p.layer.base(), args, kwargs, lookup);
    if (!made) return false;
    outputs_[p.name].push_back(p.layer.all(made->inputs, made->options).flat());
    return true;
  }

  std::string waiting_name() const {
    for (const Pending& p : pending_) {
      if (p.next < p.calls.size()) return p.name;
    }
    return {};
  }

  Config config_;
  std::vector<Pending> pending_;
  std::map<std::string, std::vector<std::vector<Tensor>>> outputs_;  // by operation and call
};

ModelOptions options_of(const Config& config) {
  ModelOptions options;
  options.name = config.get<std::optional<std::string>>("name", {}).value_or(std::string());
  options.trainable = config.get<std::optional<bool>>("trainable", {}).value_or(true);
  return options;
}

Model revive_functional(const Config& config) {
  GraphReviver reviver(config);
  reviver.run();
  return Model(reviver.structure("input_layers"), reviver.structure("output_layers"),
               options_of(config));
}

Model revive_sequential(const Config& config) {
  std::vector<AnyLayer> layers;
  for (const ConfigValue& value : list(config["layers"]))
    layers.push_back(layer_from_config(value.get<Config>()));
  Sequential model(options_of(config));
  auto& state = static_cast<SequentialLayer&>(*model.base());
  for (const AnyLayer& layer : layers) {
    if (dynamic_cast<const InputLayer*>(layer.base().get()) != nullptr) {
      const Tensor keeps_the_node = input_tensor(layer);
      state.add(layer);
    } else {
      state.add(layer);
    }
  }
  const auto shape = config.get<std::optional<Shape>>("build_input_shape", {});
  if (shape && !state.graph() && !state.stack().empty()) build_layer(state, {*shape});
  return model;
}

AnyLayer functional_layer(const Config& config) {
  // A subclass of Functional that Keras wrote as such has no graph of its own.
  if (!config.contains("layers"))
    throw Error("Invalid Functional model configuration: the key 'layers' is missing.");
  return config.contains("input_layers") ? revive_functional(config) : revive_sequential(config);
}

}  // namespace

void register_model_classes() {
  static const bool once = [] {
    register_layer("Functional", functional_layer);
    register_layer("Model", functional_layer);
    register_layer("Sequential", functional_layer);
    return true;
  }();
  (void)once;
}

Model model_from_config(const Config& config, const CustomObjects& custom_objects) {
  register_model_classes();
  const CustomObjectScope scope(custom_objects);
  if (!config.contains("class_name")) {
    if (!config.contains("layers"))
      throw Error(
          "Model::from_config: the config has neither 'class_name' nor 'layers'. Received: " +
          to_text(config));
    return config.contains("input_layers") ? revive_functional(config) : revive_sequential(config);
  }
  const AnyLayer layer = layer_from_config(config);
  const auto model = std::dynamic_pointer_cast<ModelLayer>(layer.base());
  if (!model)
    throw Error("The file holds a layer of class '" + config.get<std::string>("class_name") +
                "'. Expected: a model.");
  return Model(model);
}

}  // namespace weft::detail
