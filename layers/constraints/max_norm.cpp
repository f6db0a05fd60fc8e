#include <weft/core/ops/pointwise/clip.h>
#include <weft/core/settings.h>
#include <weft/layers/constraints/max_norm.h>

#include <cmath>

#include "layers/arguments/norms.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class MaxNormConstraint : public Constraint {
 public:
  explicit MaxNormConstraint(constraints::MaxNormOptions o) : o_(std::move(o)) {}
  std::string class_name() const override { return "MaxNorm"; }
  std::string module() const override { return "keras.constraints"; }
  Tensor operator()(const Tensor& w) override {
    const Tensor n = detail::norms(w, o_.axis);
    return w * (ops::clip(n, 0.0, o_.max_value) / (n + epsilon()));
  }
  Config get_config() const override {
    // Keras's default is the integer 2.
    const bool integral = std::floor(o_.max_value) == o_.max_value && std::abs(o_.max_value) < 1e9;
    const ConfigValue max_value =
        integral ? ConfigValue(static_cast<std::int64_t>(o_.max_value)) : ConfigValue(o_.max_value);
    return {{"max_value", max_value}, {"axis", detail::axis_to_config(o_.axis)}};
  }

 private:
  constraints::MaxNormOptions o_;
};

}  // namespace

namespace constraints {
MaxNorm::MaxNorm(MaxNormOptions options)
    : Ref(std::make_shared<MaxNormConstraint>(std::move(options))) {}
}  // namespace constraints

namespace registration {
void constraint_max_norm() {
  detail::registry<Constraint>().add("MaxNorm", [](const Config& c) {
    return constraints::MaxNorm(
        {.max_value = c.get<double>("max_value", 2.0), .axis = detail::axis_of(c)});
  });
}
}  // namespace registration

}  // namespace weft
