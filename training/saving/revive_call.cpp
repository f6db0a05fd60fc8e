// What node_config wrote, read again.
#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>

#include "core/config_access.hpp"
#include "training/saving/node_config.hpp"

namespace weft::detail {
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

// A tensor that may be absent or null; false while it does not exist yet.
bool optional_tensor(const Config& kwargs, const std::string& key, const TensorLookup& lookup,
                     Tensor& to) {
  if (!kwargs.contains(key) || kind(kwargs[key]) != ConfigKind::dict) return true;
  const std::optional<Tensor> t = revive_tensor(kwargs[key], lookup);
  if (t) to = *t;
  return t.has_value();
}

// The keywords of call_tensors and call_flags; false while a tensor does not exist yet.
bool read_keywords(const Config& kwargs, const TensorLookup& lookup, CallOptions& options) {
  for (const auto& field : call_tensors<CallOptions>) {
    if (!optional_tensor(kwargs, field.name, lookup, options.*field.place)) return false;
  }
  for (const auto& field : call_flags<CallOptions>) {
    if (kwargs.contains(field.name) && kind(kwargs[field.name]) == ConfigKind::boolean)
      options.*field.place = boolean(kwargs[field.name]);
  }
  return true;
}

bool is_call_tensor(const std::string& key) {
  return std::any_of(std::begin(call_tensors<CallOptions>), std::end(call_tensors<CallOptions>),
                     [&](const auto& field) { return key == field.name; });
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
  if (!read_keywords(kwargs, lookup, call.options)) return std::nullopt;
  if (any_mask) call.options.mask = masks;
  call.inputs = inputs;
  return call;
}

// What stands beside the arguments; none when some tensor does not exist yet.
std::optional<CallOptions> revive_call_options(const Config& kwargs, const TensorLookup& lookup) {
  CallOptions options;
  if (!read_keywords(kwargs, lookup, options)) return std::nullopt;
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
    } else if (!is_call_tensor(key) && holds_tensor(value)) {
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
