// Op nodes under Keras's names: their arguments and attributes.
#include <weft/core/error.h>

#include <algorithm>

#include "core/config_access.hpp"
#include "core/op_registry.hpp"
#include "core/ops/slice_range.hpp"
#include "graph/functional/op_node.hpp"
#include "training/saving/node_config.hpp"

namespace weft::detail {
namespace {

ConfigValue slice_config(const ConfigValue& start, const ConfigValue& stop,
                         const ConfigValue& step) {
  const Config config{
      {"start", ConfigItem(start)}, {"stop", ConfigItem(stop)}, {"step", ConfigItem(step)}};
  return Config{{"class_name", "__slice__"}, {"config", config}};
}

// Our slice has lists by axis; Keras's GetItem a list of numbers and slices.
ConfigValue get_item_key(const Config& attrs) {
  const ConfigList start = list(attrs["start"]), stop = list(attrs["stop"]),
                   step = list(attrs["step"]);
  const auto squeeze = attrs.get<std::vector<std::int64_t>>("squeeze");
  ConfigList key;
  for (std::size_t i = 0; i < start.size(); ++i) {
    const bool single =
        std::find(squeeze.begin(), squeeze.end(), static_cast<std::int64_t>(i)) != squeeze.end();
    const bool unit = kind(step[i]) == ConfigKind::integer && integer(step[i]) == 1;
    key.push_back(single ? start[i]
                         : slice_config(start[i], stop[i], unit ? ConfigValue() : step[i]));
  }
  return make_list(std::move(key));
}

std::optional<std::int64_t> bound(const Config& c, const char* key) {
  return c.get<std::optional<std::int64_t>>(key, {});
}

bool is_ellipsis(const ConfigValue& part) {
  return kind(part) == ConfigKind::dict &&
         dict(part).get<std::string>("class_name", "") == "__ellipsis__";
}

// The index of a tensor of `rank`; Python's `...` stands for all axes that are not named.
std::vector<Index> indices_of(const ConfigValue& key, int rank) {
  const ConfigList parts = kind(key) == ConfigKind::list ? list(key) : ConfigList{key};
  std::vector<Index> out;
  for (const ConfigValue& part : parts) {
    if (kind(part) == ConfigKind::integer) {
      out.emplace_back(integer(part));
      continue;
    }
    if (is_ellipsis(part)) {
      for (auto named = static_cast<int>(parts.size()) - 1; named < rank; ++named)
        out.emplace_back(All);
      continue;
    }
    if (kind(part) != ConfigKind::dict || !dict(part).contains("config")) {
      throw Error("GetItem: numbers and slices were expected as the index. Received: " +
                  to_text(part));
    }
    const Config c = dict(part).get<Config>("config");
    out.emplace_back(Slice{bound(c, "start"), bound(c, "stop"), bound(c, "step")});
  }
  return out;
}

// Attributes as our ops take them, from the config of Keras's: some axes are always lists, absent
// ones mean all.
Config attrs_from(const OpDef& op, const Config& config) {
  const bool axis_list = op.name != "concatenate" && op.name != "softmax" &&
                         op.name != "log_softmax" && op.name != "take" && op.name != "one_hot" &&
                         op.name != "argmax" && op.name != "argmin" && op.name != "cumsum" &&
                         op.name != "stack";
  Config attrs;
  for (const auto& [key, value] : entries(config)) {
    if (key == "name" || key == "dtype" || key == "initial" || (key == "axis" && value.is_null()))
      continue;
    if (key == "newshape")
      attrs.set("shape", ConfigItem(value));
    else if (key == "axis" && axis_list && kind(value) == ConfigKind::integer)
      attrs.set("axis", ConfigItem(make_list({value})));
    else
      attrs.set(key, ConfigItem(value));
  }
  return attrs;
}

}  // namespace

ConfigValue op_arguments(const Node& node, const std::vector<ConfigValue>& tensors) {
  const auto& op = static_cast<const OpNode&>(*node.operation());
  if (op.op().name == "slice") return make_list({tensors.at(0), get_item_key(op.attrs())});
  if (op.op().name == "concatenate" || op.op().name == "stack")
    return make_list({make_list(tensors)});
  return make_list(tensors);
}

Config op_config(const Operation& operation) {
  const auto& op = static_cast<const OpNode&>(operation);
  Config config{{"name", op.name()}};
  if (op.op().name == "slice") return config;
  for (const auto& [key, value] : entries(op.attrs())) {
    config.set(op.op().name == "reshape" && key == "shape" ? "newshape" : key, ConfigItem(value));
  }
  return config;
}

std::optional<std::vector<Tensor>> revive_op(const Config& object,
                                             const std::vector<ConfigValue>& args,
                                             const Config& kwargs, const TensorLookup& lookup,
                                             const std::string& name) {
  const auto class_name = object.get<std::string>("class_name");
  const OpDef* op = find_op_by_keras_class(class_name);
  if (op == nullptr)
    throw Error("Could not locate class '" + class_name + "' of the op '" + name +
                "'. Expected: an op that weft has.");
  std::vector<Tensor> inputs;
  ConfigList values = args;
  for (const auto& [key, value] : entries(kwargs)) {
    if (holds_tensor(value)) values.push_back(value);
  }
  const bool get_item = op->name == "slice";
  if (get_item && values.size() != 2)
    throw Error("The op '" + name + "' (GetItem) needs a tensor and an index.");
  const std::size_t count = get_item ? 1 : values.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<Tensors> part = revive_tensors(values[i], lookup);
    if (!part) return std::nullopt;
    for (const Tensor& t : part->flat()) inputs.push_back(t);
  }
  Config attrs = attrs_from(*op, object.get<Config>("config"));
  if (get_item) attrs = ops::slice_attrs(indices_of(values[1], inputs.at(0).shape().rank()));
  return apply_functional(*op, inputs, attrs, name);
}

}  // namespace weft::detail
