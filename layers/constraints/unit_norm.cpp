#include <weft/core/settings.h>
#include <weft/layers/constraints/unit_norm.h>

#include "layers/arguments/norms.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class UnitNormConstraint : public Constraint {
 public:
  explicit UnitNormConstraint(constraints::UnitNormOptions o) : o_(std::move(o)) {}
  std::string class_name() const override { return "UnitNorm"; }
  std::string module() const override { return "keras.constraints"; }
  Tensor operator()(const Tensor& w) override {
    return w / (detail::norms(w, o_.axis) + epsilon());
  }
  Config get_config() const override { return {{"axis", detail::axis_to_config(o_.axis)}}; }

 private:
  constraints::UnitNormOptions o_;
};

}  // namespace

namespace constraints {
UnitNorm::UnitNorm(UnitNormOptions options)
    : Ref(std::make_shared<UnitNormConstraint>(std::move(options))) {}
}  // namespace constraints

namespace registration {
void constraint_unit_norm() {
  detail::registry<Constraint>().add("UnitNorm", [](const Config& c) {
    return constraints::UnitNorm({.axis = detail::axis_of(c)});
  });
}
}  // namespace registration

}  // namespace weft
