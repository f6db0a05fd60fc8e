#include <weft/core/error.h>
#include <weft/core/keras_object.h>

namespace weft {

KerasObject::~KerasObject() = default;
std::string KerasObject::class_name() const { return {}; }
std::string KerasObject::module() const { return {}; }
Config KerasObject::get_config() const { return {}; }

Config serialize(const KerasObject& object) {
  const std::string name = object.class_name();
  if (name.empty()) {
    throw Error(
        "This object cannot be saved: its class has no class_name(). Override class_name() and "
        "get_config().");
  }
  Config out;
  const std::string module = object.module();
  if (module.empty())
    out.set("module", nullptr);
  else
    out.set("module", module);
  out.set("class_name", name).set("config", object.get_config());
  if (module.empty())
    out.set("registered_name", name);
  else
    out.set("registered_name", nullptr);
  return out;
}

}  // namespace weft
