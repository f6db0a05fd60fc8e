// Reading the configs of layers.
#pragma once
#include <weft/graph/functional/layer_options.h>
#include <weft/layers/activation.h>

#include "core/access.hpp"
#include "core/deserialize.hpp"
#include "layers/arguments/registries.hpp"

namespace weft::detail {

/// An options struct with the name and the trainable flag of a config; the framework restores the
/// dtype.
template <class O>
O options_from(const Config& c) {
  O o;
  o.name = c.get<std::optional<std::string>>("name", std::nullopt).value_or("");
  o.trainable = c.get<bool>("trainable", true);
  return o;
}

/// Replaces `argument` by the config's, where it has the key.
inline void read(const Config& c, const char* key, Arg<Initializer>& argument) {
  if (c.contains(key)) argument = deserialize<Initializer>(c[key], "initializer");
}
inline void read(const Config& c, const char* key, Arg<Regularizer>& argument) {
  if (c.contains(key)) argument = deserialize<Regularizer>(c[key], "regularizer");
}
inline void read(const Config& c, const char* key, Arg<Constraint>& argument) {
  if (c.contains(key)) argument = deserialize<Constraint>(c[key], "constraint");
}
inline void read(const Config& c, const char* key, Activation& argument) {
  if (c.contains(key)) argument = activations::deserialize(c[key]);
}
template <class T>
void read(const Config& c, const char* key, T& argument) {
  if (c.contains(key)) argument = c.get<T>(key);
}

/// What the config has for an argument that may be none.
template <class Base>
ConfigValue config_of(const Arg<Base>& argument) {
  return serialize_or_null(argument.get());
}

/// Throws Error when the config has anything but null or false under `key`: an option of Keras that
/// weft has not.
inline void refuse_option(const Config& c, std::string_view layer, const char* key) {
  if (!c.contains(key) || c[key].is_null()) return;
  if (kind(c[key]) == ConfigKind::boolean && !boolean(c[key])) return;
  throw Error(std::string(layer) + ": `" + key +
              "` is not supported. Expected: null. Received: " + to_text(c[key]));
}

}  // namespace weft::detail
