// The handle of an optimizer, and optimizers by name.
#include <weft/core/error.h>
#include <weft/training/optimizer.h>
#include <weft/training/optimizers/rmsprop.h>

#include "training/registries.hpp"

namespace weft {
namespace {
const OptimizerRef& not_null(const OptimizerRef& optimizer) {
  if (!optimizer)
    throw Error(
        "This optimizer is null. Expected: an optimizer to have been assigned, or the model to be "
        "compiled.");
  return optimizer;
}
}  // namespace

void OptimizerRef::apply(const std::vector<Tensor>& gradients,
                         const std::vector<Variable>& variables) const {
  not_null(*this)->apply(gradients, variables);
}
double OptimizerRef::learning_rate() const { return not_null(*this)->learning_rate(); }
void OptimizerRef::set_learning_rate(double value) const {
  not_null(*this)->set_learning_rate(value);
}

OptimizerArg::OptimizerArg(const OptimizerRef& optimizer) { state = not_null(optimizer).pointer(); }
OptimizerArg OptimizerArg::from_id(std::string_view id) {
  return OptimizerArg(optimizers::get(id));
}

namespace optimizers {

OptimizerRef get(std::string_view identifier) {
  const std::string lower = detail::to_lower(identifier);
  // An unknown one is reported as it was written.
  const bool known = detail::registry<Optimizer>().knows(lower);
  return detail::registry<Optimizer>().from_id(known ? lower : std::string(identifier),
                                               "optimizer");
}

OptimizerRef deserialize(const ConfigValue& config) {
  return detail::deserialize<Optimizer>(config, "optimizer");
}

}  // namespace optimizers
}  // namespace weft
