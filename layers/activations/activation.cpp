#include <weft/core/error.h>
#include <weft/graph/functional/custom_object.h>
#include <weft/layers/activation.h>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "graph/functional/layer_registry.hpp"
#include "layers/activations/functions.hpp"

namespace weft {
namespace {

// What an Activation refers to; null is linear.
struct ActivationState {
  const detail::ActivationEntry* builtin = nullptr;
  Fn<Tensor(const Tensor&)> function = {};
  std::string name = {};  // of a function of the user's; may be empty
};

[[noreturn]] void unknown(const std::string& identifier) {
  throw Error("Could not interpret activation function identifier: " + identifier +
              ". Expected one of: " + detail::activation_ids() +
              ", or the name of a function handed over in custom_objects.");
}

const detail::ActivationEntry& builtin(std::string_view id) {
  const detail::ActivationEntry* entry = detail::find_activation(id);
  if (entry == nullptr) unknown(std::string(id));
  return *entry;
}

}  // namespace

Activation::Activation(const activations::Builtin& f) : Activation(from_id(f.id)) {}

Activation Activation::from_id(std::string_view id) {
  if (const detail::ActivationEntry* entry = detail::find_activation(id)) {
    Activation a;
    a.state = std::make_shared<ActivationState>(ActivationState{.builtin = entry});
    return a;
  }
  if (const CustomObject* custom = detail::find_custom_object(id)) {
    if (const auto* own = custom->as<Activation>()) {
      // Files know it by the name under which it was handed over.
      Activation named = *own;
      if (named.name().empty()) named.set(detail::state_of<ActivationState>(*own)->function, id);
      return named;
    }
  }
  unknown(std::string(id));
}

void Activation::set(Fn<Tensor(const Tensor&)> f, std::string_view name) {
  state = std::make_shared<ActivationState>(
      ActivationState{.function = std::move(f), .name = std::string(name)});
}

Tensor Activation::operator()(const Tensor& x) const {
  const auto* s = detail::state_of<ActivationState>(*this);
  if (s == nullptr) return x;
  return s->builtin != nullptr ? s->builtin->function(x) : s->function(x);
}

std::string Activation::name() const {
  const auto* s = detail::state_of<ActivationState>(*this);
  if (s == nullptr) return "linear";
  return s->builtin != nullptr ? s->builtin->name : s->name;
}

namespace activations {

Tensor Builtin::operator()(const Tensor& x) const { return builtin(id).function(x); }

Activation get(std::string_view identifier) { return Activation(identifier); }

ConfigValue serialize(const Activation& activation) {
  const std::string name = activation.name();
  if (name.empty()) {
    throw Error(
        "This activation is a function without a name and cannot be saved. Expected: an activation "
        "of Keras's, or a function "
        "with a name, Activation(\"my_function\", f).");
  }
  if (detail::find_activation(name) != nullptr) return name;
  return Config{{"module", "builtins"},
                {"class_name", "function"},
                {"config", name},
                {"registered_name", "function"}};
}

Activation deserialize(const ConfigValue& config) {
  switch (detail::kind(config)) {
    case detail::ConfigKind::null:
      return {};
    case detail::ConfigKind::string:
      return Activation(detail::string(config));
    case detail::ConfigKind::dict:
      break;
    default:
      unknown(detail::to_text(config));
  }
  const Config object = config.get<Config>();
  if (!object.contains("config") || detail::kind(object["config"]) != detail::ConfigKind::string) {
    unknown(detail::to_text(config));
  }
  return Activation(object.get<std::string>("config"));
}

}  // namespace activations
}  // namespace weft
