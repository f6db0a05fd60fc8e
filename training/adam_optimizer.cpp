#include "training/adam_optimizer.hpp"

#include "training/fused_update.hpp"
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
  std::vector<SlotsOf> slots;
  for (const Variable& v : variables) {
    const std::size_t i = index_of(v);
    slots.push_back({momentums_[i], velocities_[i]});
    if (a_.amsgrad) slots.back().push_back(velocity_hats_[i]);
  }
  const Config attrs = {{"beta_1", a_.beta_1},
                        {"beta_2", a_.beta_2},
                        {"epsilon", a_.epsilon},
                        {"amsgrad", a_.amsgrad}};
  // alpha is the same for all weights of a dtype.
  fused_update("adam_update", attrs, gradients, variables, slots, [&](DType dtype) {
    const Tensor step = (iterations() + 1).astype(dtype);
    const Tensor power_1 = ops::power(a_.beta_1, step), power_2 = ops::power(a_.beta_2, step);
    return as_dtype(learning_rate, dtype) * ops::sqrt(1.0 - power_2) / (1.0 - power_1);
  });
}

void AdamOptimizer::update_step(const Tensor& gradient, Variable variable,
                                const Tensor& learning_rate) {
  update_all({gradient}, {variable}, learning_rate);
}

}  // namespace weft::detail
