#include <weft/core/ops/broadcast_to.h>
#include <weft/layers/initializers/constant.h>

#include "core/config_access.hpp"
#include "layers/arguments/arg_definitions.hpp"
#include "layers/arguments/array_config.hpp"

namespace weft {
namespace {

class ConstantInitializer : public Initializer {
 public:
  ConstantInitializer(Tensor value, ConfigValue config)
      : value_(std::move(value)), config_(std::move(config)) {}
  std::string class_name() const override { return "Constant"; }
  std::string module() const override { return "keras.initializers"; }
  Tensor operator()(const Shape& shape, DType dtype) override {
    return ops::broadcast_to(value_.astype(dtype), shape);
  }
  Config get_config() const override { return {{"value", config_}}; }

 private:
  Tensor value_;
  ConfigValue config_;
};

Ref<Initializer> from_config(const Config& c) {
  if (!c.contains("value")) return initializers::Constant();
  const ConfigValue value = c["value"];
  using detail::ConfigKind;
  const ConfigKind kind = detail::kind(value);
  if (kind == ConfigKind::list || kind == ConfigKind::dict) {
    return initializers::Constant(detail::array_from_config(value, "Constant"));
  }
  return initializers::Constant(value.get<double>());
}

}  // namespace

namespace initializers {
Constant::Constant(double value)
    : Ref(std::make_shared<ConstantInitializer>(Tensor(value), value)) {}
Constant::Constant(const Tensor& value)
    : Ref(std::make_shared<ConstantInitializer>(value, detail::array_to_config(value))) {}
}  // namespace initializers

Ref<Initializer> detail::constant_initializer(double value) {
  return initializers::Constant(value);
}

namespace registration {
void initializer_constant() { detail::registry<Initializer>().add("Constant", from_config); }
}  // namespace registration

}  // namespace weft
