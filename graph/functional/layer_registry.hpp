// Layers by the class name that files give them.
#pragma once
#include <weft/graph/functional/custom_object.h>

namespace weft::detail {

using RegisteredLayer = AnyLayer (*)(const Config& config);

/// Makes a built-in layer known to files; called by the generated registration. A later one of the
/// same name replaces it.
void register_layer(const char* class_name, RegisteredLayer factory);

/// A layer from {"module", "class_name", "config", "registered_name", ...}: a custom object of the
/// registered name or the class name, else a built-in. Restores name, dtype and trainable whatever
/// the class does with them. Custom objects also hold for the layers inside it. Throws Error "Could
/// not locate class ...".
AnyLayer layer_from_config(const Config& object, const CustomObjects& custom = {});

/// Makes custom objects known on this thread for a scope, over those of the scopes around it.
class CustomObjectScope {
 public:
  explicit CustomObjectScope(const CustomObjects& objects);
  ~CustomObjectScope();
  CustomObjectScope(const CustomObjectScope&) = delete;
  CustomObjectScope& operator=(const CustomObjectScope&) = delete;

 private:
  const CustomObjectScope* outer_;
  CustomObjects objects_;
  friend const CustomObject* find_custom_object(std::string_view name);
};

/// In the scopes of this thread, innermost first, then among register_custom_object's; null when
/// there is none.
const CustomObject* find_custom_object(std::string_view name);

/// A layer's object for files: {"module", "class_name", "config", "registered_name",
/// "build_config"?}.
Config serialize_layer(const Layer& layer);

}  // namespace weft::detail
