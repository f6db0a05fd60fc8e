#include <weft/training/optimizers/rmsprop.h>

#include "training/builtin_optimizer.hpp"
#include "training/fused_update.hpp"
#include "training/loss_reduction.hpp"

namespace weft {
namespace optimizers {
namespace {

class RMSpropOptimizer final : public detail::BuiltinOptimizer {
 public:
  explicit RMSpropOptimizer(const RMSpropOptions& o)
      : BuiltinOptimizer("RMSprop", o), options_(o) {}
  Config get_config() const override {
    return BuiltinOptimizer::get_config().merge({{"rho", options_.rho},
                                                 {"momentum", options_.momentum},
                                                 {"epsilon", options_.epsilon},
                                                 {"centered", options_.centered}});
  }

 protected:
  void make_slots(const std::vector<Variable>& variables) override {
    velocities_ = add_optimizer_variables(variables, "velocity");
    if (options_.momentum > 0) momentums_ = add_optimizer_variables(variables, "momentum");
    if (options_.centered) averages_ = add_optimizer_variables(variables, "average_gradient");
  }
  void update_step(const Tensor& gradient, Variable variable,
                   const Tensor& learning_rate) override {
    update_all({gradient}, {variable}, learning_rate);
  }
  void update_all(const std::vector<Tensor>& gradients, const std::vector<Variable>& variables,
                  const Tensor& learning_rate) override {
    std::vector<detail::SlotsOf> slots;
    for (const Variable& v : variables) {
      const std::size_t i = index_of(v);
      slots.push_back({velocities_[i]});
      if (options_.momentum > 0) slots.back().push_back(momentums_[i]);
      if (options_.centered) slots.back().push_back(averages_[i]);
    }
    const Config attrs = {{"rho", options_.rho},
                          {"momentum", options_.momentum},
                          {"epsilon", options_.epsilon},
                          {"centered", options_.centered}};
    detail::fused_update("rmsprop_update", attrs, gradients, variables, slots,
                         [&](DType d) { return detail::as_dtype(learning_rate, d); });
  }

 private:
  RMSpropOptions options_;
  std::vector<Variable> velocities_, momentums_, averages_;
};

}  // namespace

RMSprop::RMSprop() : RMSprop(RMSpropOptions()) {}
RMSprop::RMSprop(LearningRate learning_rate)
    : RMSprop(RMSpropOptions{.learning_rate = std::move(learning_rate)}) {}
RMSprop::RMSprop(RMSpropOptions options)
    : OptimizerRef(std::make_shared<RMSpropOptimizer>(options)) {}

}  // namespace optimizers

namespace registration {
void optimizer_rmsprop() {
  using Options = optimizers::RMSpropOptions;
  detail::register_optimizer<optimizers::RMSprop, Options>("RMSprop", [](const Config& c) {
    auto o = detail::common_optimizer_options<Options>(c);
    detail::read_into(o.rho, c, "rho");
    detail::read_into(o.momentum, c, "momentum");
    detail::read_into(o.epsilon, c, "epsilon");
    detail::read_into(o.centered, c, "centered");
    return o;
  });
}
}  // namespace registration
}  // namespace weft
