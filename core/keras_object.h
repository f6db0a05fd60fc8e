// What Keras's files say of an initializer, a loss, an optimizer ...: its class, its module and its
// configuration.
#pragma once
#include <weft/core/config.h>

namespace weft {

/// Base of what compile configurations and layer configurations refer to.
class KerasObject {
 public:
  KerasObject() = default;
  KerasObject(const KerasObject&) = delete;
  KerasObject& operator=(const KerasObject&) = delete;
  virtual ~KerasObject();
  /// "GlorotUniform"; empty for a class of the user's that does not say (it can then not be saved).
  virtual std::string class_name() const;
  /// "keras.initializers"; empty for a class of the user's (Keras writes null).
  virtual std::string module() const;
  /// What makes an equal object again, under Keras's keys and in Keras's order.
  virtual Config get_config() const;
};

/// {"module", "class_name", "config", "registered_name"} as Keras writes it. Throws Error for a
/// class without a name.
Config serialize(const KerasObject& object);

}  // namespace weft
