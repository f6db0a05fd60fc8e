#include <weft/core/ops/pointwise/clip.h>
#include <weft/core/settings.h>
#include <weft/layers/constraints/min_max_norm.h>

#include "layers/arguments/norms.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class MinMaxNormConstraint : public Constraint {
 public:
  explicit MinMaxNormConstraint(constraints::MinMaxNormOptions o) : o_(std::move(o)) {}
  std::string class_name() const override { return "MinMaxNorm"; }
  std::string module() const override { return "keras.constraints"; }
  Tensor operator()(const Tensor& w) override {
    const Tensor n = detail::norms(w, o_.axis);
    const Tensor desired = ops::clip(n, o_.min_value, o_.max_value) * o_.rate + n * (1.0 - o_.rate);
    return w * (desired / (n + epsilon()));
  }
  Config get_config() const override {
    return {{"min_value", o_.min_value},
            {"max_value", o_.max_value},
            {"rate", o_.rate},
            {"axis", detail::axis_to_config(o_.axis)}};
  }

 private:
  constraints::MinMaxNormOptions o_;
};

}  // namespace

namespace constraints {
MinMaxNorm::MinMaxNorm(MinMaxNormOptions options)
    : Ref(std::make_shared<MinMaxNormConstraint>(std::move(options))) {}
}  // namespace constraints

namespace registration {
void constraint_min_max_norm() {
  detail::registry<Constraint>().add("MinMaxNorm", [](const Config& c) {
    return constraints::MinMaxNorm({.min_value = c.get<double>("min_value", 0.0),
                                    .max_value = c.get<double>("max_value", 1.0),
                                    .rate = c.get<double>("rate", 1.0),
                                    .axis = detail::axis_of(c)});
  });
}
}  // namespace registration

}  // namespace weft
