#include <weft/core/ops/pointwise/maximum.h>
#include <weft/layers/constraints/non_neg.h>

#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class NonNegConstraint : public Constraint {
 public:
  std::string class_name() const override { return "NonNeg"; }
  std::string module() const override { return "keras.constraints"; }
  Tensor operator()(const Tensor& w) override { return ops::maximum(w, 0.0); }
};

}  // namespace

namespace constraints {
NonNeg::NonNeg() : Ref(std::make_shared<NonNegConstraint>()) {}
}  // namespace constraints

namespace registration {
void constraint_non_neg() {
  detail::registry<Constraint>().add("NonNeg", [](const Config&) { return constraints::NonNeg(); });
}
}  // namespace registration

}  // namespace weft
