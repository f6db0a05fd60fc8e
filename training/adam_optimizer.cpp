#include "training/adam_optimizer.hpp"

#include "training/loss_reduction.hpp"

namespace weft::detail {

Config AdamOptimizer::get_config() const {
  return BuiltinOptimizer::get_config().merge({{"beta_1", a_.beta_1},
                                               {"beta_2", a_.beta_2},
                                               {"epsilon", a_.epsilon},
                                               {"amsgrad", a_.amsgrad}});
}

void AdamOptimizer::make_slots(const std::vector<Variable>& variables) {
  auto slots = add_optimizer_variables(variables, std::vector<std::string>{"momentum", "velocity"});
  momentums_ = std::move(slots[0]);
  velocities_ = std::move(slots[1]);
  if (a_.amsgrad) velocity_hats_ = add_optimizer_variables(variables, "velocity_hat");
}

void AdamOptimizer::update_all(const std::vector<Tensor>& gradients,
                               const std::vector<Variable>& variables,
                               const Tensor& learning_rate) {
  // alpha is the same for all weights of a dtype: computed once a step.
  DType dtype;
  Tensor alpha;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (!(variables[i].dtype() == dtype)) {
      dtype = variables[i].dtype();
      const Tensor step = (iterations() + 1).astype(dtype);
      const Tensor power_1 = ops::power(a_.beta_1, step), power_2 = ops::power(a_.beta_2, step);
      alpha = as_dtype(learning_rate, dtype) * ops::sqrt(1.0 - power_2) / (1.0 - power_1);
    }
    update_step(gradients[i], variables[i], alpha);
  }
}

void AdamOptimizer::update_step(const Tensor& gradient, Variable variable, const Tensor& alpha) {
  const std::size_t i = index_of(variable);
  const Tensor m0 = momentums_[i], v0 = velocities_[i];
  const Tensor m = m0 + (gradient - m0) * (1.0 - a_.beta_1);
  Tensor v = v0 + (ops::square(gradient) - v0) * (1.0 - a_.beta_2);
  momentums_[i].assign(m);
  velocities_[i].assign(v);
  if (a_.amsgrad) {
    v = ops::maximum(velocity_hats_[i], v);
    velocity_hats_[i].assign(v);
  }
  variable.assign(variable - m * alpha / (ops::sqrt(v) + a_.epsilon));
}

}  // namespace weft::detail
