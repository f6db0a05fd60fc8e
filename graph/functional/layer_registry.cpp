#include "graph/functional/layer_registry.hpp"

#include <weft/core/error.h>

#include <map>
#include <mutex>

#include "core/config_access.hpp"
#include "core/registration.hpp"
#include "graph/functional/error_context.hpp"
#include "graph/functional/input_layer.hpp"
#include "graph/functional/input_spec.hpp"
#include "graph/functional/layer_state.hpp"

namespace weft::detail {
namespace {

struct LayerRegistry {
  std::mutex mutex;
  std::map<std::string, RegisteredLayer, std::less<>> factories{
      {"InputLayer", &InputLayer::from_config}};
};

LayerRegistry& layer_registry() {
  static LayerRegistry* all = new LayerRegistry;  // leaked: used by objects of static lifetime
  return *all;
}

RegisteredLayer find_factory(const std::string& class_name) {
  ensure_registered();
  LayerRegistry& r = layer_registry();
  const std::lock_guard lock(r.mutex);
  const auto found = r.factories.find(class_name);
  return found == r.factories.end() ? nullptr : found->second;
}

const CustomObjectScope*& innermost_scope() {
  thread_local const CustomObjectScope* scope = nullptr;
  return scope;
}

struct GlobalObjects {
  std::mutex mutex;
  std::map<std::string, CustomObject, std::less<>> objects;
};

GlobalObjects& global_objects() {
  static GlobalObjects* all = new GlobalObjects;
  return *all;
}

std::string text_of(const Config& object, std::string_view key) {
  return object.get<std::optional<std::string>>(key, {}).value_or(std::string());
}

const LayerFactory* find_custom_layer(const std::string& name) {
  if (name.empty()) return nullptr;
  const CustomObject* object = find_custom_object(name);
  if (object == nullptr) return nullptr;
  if (object->layer_factory() != nullptr) return object->layer_factory();
  throw Error("The custom object '" + name + "' is of kind '" + std::string(object->kind()) +
              "' where a layer is needed. Expected: custom_object<" + name + ">().");
}

// "float32", or {"class_name": "DTypePolicy", "config": {"name": "float32"}}.
void restore_dtype(Layer& layer, const ConfigValue& value) {
  if (value.is_null() || layer.built()) return;
  std::string policy;
  try {
    policy = value.get<std::string>();
  } catch (const Error&) {
    const auto object = value.get<Config>();
    policy = text_of(object.get<Config>("config", {}), "name");
  }
  if (!policy.empty()) LayerAccess::set_dtype_policy(layer, policy);
}

void restore(const AnyLayer& layer, const Config& config) {
  const std::string name = text_of(config, "name");
  if (!name.empty() && layer->name() != name) LayerAccess::rename(*layer.base(), name);
  if (config.contains("dtype")) restore_dtype(*layer.base(), config["dtype"]);
  const auto trainable = config.get<std::optional<bool>>("trainable", {});
  if (trainable && *trainable != layer->trainable()) layer->set_trainable(*trainable);
}

AnyLayer make_layer(const Config& object, const Config& config) {
  const std::string class_name = text_of(object, "class_name"),
                    registered = text_of(object, "registered_name");
  for (const std::string& name : {registered, class_name}) {
    if (const LayerFactory* factory = find_custom_layer(name)) return (*factory)(config);
  }
  if (const RegisteredLayer factory = find_factory(class_name)) return factory(config);
  throw Error("Could not locate class '" + class_name +
              "'. Expected: a built-in layer, or a class handed over in custom_objects: {{\"" +
              (registered.empty() ? class_name : registered) + "\", custom_object<" + class_name +
              ">()}}. Received: registered_name '" + registered + "'.");
}

}  // namespace

void register_layer(const char* class_name, RegisteredLayer factory) {
  LayerRegistry& r = layer_registry();
  const std::lock_guard lock(r.mutex);
  r.factories[class_name] = factory;
}

namespace {

AnyLayer revive_layer(const Config& object) {
  const Config config = object.get<std::optional<Config>>("config", {}).value_or(Config());
  AnyLayer layer = make_layer(object, config);
  if (!layer)
    throw Error("The custom object for class '" + text_of(object, "class_name") +
                "' returned a null layer.");
  restore(layer, config);
  return layer;
}

// The text of a key wherever it is one; in a damaged config it may be anything.
std::string text_if_any(const Config& object, std::string_view key) {
  if (!object.contains(key)) return {};
  const ConfigValue value = object[key];
  return kind(value) == ConfigKind::string ? string(value) : std::string();
}

std::string name_in(const Config& object) {
  std::string name = text_if_any(object, "name");
  if (name.empty() && object.contains("config") && kind(object["config"]) == ConfigKind::dict)
    name = text_if_any(dict(object["config"]), "name");
  return name;
}

}  // namespace

AnyLayer layer_from_config(const Config& object, const CustomObjects& custom) {
  const CustomObjectScope scope(custom);
  try {
    return revive_layer(object);
  } catch (const Error& error) {
    rethrow_with_context(error, "reviving layer '" + name_in(object) + "' (" +
                                    text_if_any(object, "class_name") + ") from its config");
  }
}

CustomObjectScope::CustomObjectScope(const CustomObjects& objects)
    : outer_(innermost_scope()), objects_(objects) {
  innermost_scope() = this;
}
CustomObjectScope::~CustomObjectScope() { innermost_scope() = outer_; }

const CustomObject* find_custom_object(std::string_view name) {
  for (const CustomObjectScope* scope = innermost_scope(); scope != nullptr;
       scope = scope->outer_) {
    if (const CustomObject* object = scope->objects_.find(name)) return object;
  }
  GlobalObjects& all = global_objects();
  const std::lock_guard lock(all.mutex);
  const auto found = all.objects.find(name);
  return found == all.objects.end() ? nullptr : &found->second;
}

Config serialize_layer(const Layer& layer) {
  Config config = layer.get_config();
  // What the class does not say itself: a file restores these three in any case.
  const Config base = layer.Layer::get_config();
  if (dynamic_cast<const InputLayer*>(&layer) == nullptr) config = Config(base).merge(config);
  Config out;
  const std::string module = layer.module(), registered = layer.registered_name();
  if (module.empty())
    out.set("module", nullptr);
  else
    out.set("module", module);
  out.set("class_name", layer.class_name()).set("config", config);
  if (registered.empty())
    out.set("registered_name", nullptr);
  else
    out.set("registered_name", registered);
  const Config build = layer.get_build_config();
  if (build.size() != 0) out.set("build_config", build);
  return out;
}

}  // namespace weft::detail

namespace weft {

namespace {
using ObjectList = std::vector<std::pair<std::string, CustomObject>>;
}

CustomObject::CustomObject(const LayerFactory& factory)
    : object_(std::make_shared<LayerFactory>(factory)), kind_("layer") {}

const LayerFactory* CustomObject::layer_factory() const {
  return kind_ == "layer" ? static_cast<const LayerFactory*>(object_.get()) : nullptr;
}

CustomObjects::CustomObjects(std::initializer_list<Named<CustomObject>> objects) {
  for (const Named<CustomObject>& one : objects) add(one.name, one.value);
}

void CustomObjects::add(std::string_view name, const CustomObject& object) {
  // Copied on write: handles share what they hold.
  auto list = state ? std::make_shared<ObjectList>(*static_cast<const ObjectList*>(state.get()))
                    : std::make_shared<ObjectList>();
  std::erase_if(*list, [&](const auto& entry) { return entry.first == name; });
  list->emplace_back(std::string(name), object);
  state = std::move(list);
}

const CustomObject* CustomObjects::find(std::string_view name) const {
  if (!state) return nullptr;
  for (const auto& [key, object] : *static_cast<const ObjectList*>(state.get())) {
    if (key == name) return &object;
  }
  return nullptr;
}

std::vector<std::string> CustomObjects::names() const {
  std::vector<std::string> out;
  if (!state) return out;
  for (const auto& [key, object] : *static_cast<const ObjectList*>(state.get())) out.push_back(key);
  return out;
}

void register_custom_object(std::string_view name, const CustomObject& object) {
  detail::GlobalObjects& all = detail::global_objects();
  const std::lock_guard lock(all.mutex);
  all.objects.insert_or_assign(std::string(name), object);
}

}  // namespace weft
