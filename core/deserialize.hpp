// Objects from what serialize() writes: {"module", "class_name", "config", "registered_name"}, or a
// bare identifier.
#pragma once
#include "core/config_access.hpp"
#include "core/registry.hpp"

namespace weft::detail {

/// `what` names the kind in messages: "initializer", "loss". Null gives a null Ref. Throws Error
/// for an unknown class and for a value that is neither a string nor such a dict.
template <class Base>
Ref<Base> deserialize(const ConfigValue& value, const char* what) {
  switch (kind(value)) {
    case ConfigKind::null:
      return {};
    case ConfigKind::string:
      return registry<Base>().from_id(string(value), what);
    case ConfigKind::dict:
      break;
    default:
      throw Error("Could not interpret " + std::string(what) + " identifier: " + to_text(value) +
                  ". Expected a string, or a dict with the keys class_name and config.");
  }
  const Config object = value.get<Config>();
  if (!object.contains("class_name")) {
    throw Error("Could not interpret " + std::string(what) + " identifier: " + to_text(value) +
                ". Expected a dict with the keys class_name and config.");
  }
  const auto class_name = object.get<std::string>("class_name");
  const Config config = object.contains("config") && !object["config"].is_null()
                            ? object.get<Config>("config")
                            : Config();
  // Old files name classes by identifiers too: {"class_name": "glorot_uniform", "config": {}}.
  if (config.size() == 0 && registry<Base>().knows(class_name))
    return registry<Base>().from_id(class_name, what);
  return registry<Base>().from_class(class_name, config, what);
}

/// The reverse for an argument that may be null.
template <class Base>
ConfigValue serialize_or_null(const Ref<Base>& object) {
  if (!object) return {};
  return serialize(*object);
}

}  // namespace weft::detail
