#include <weft/training/optimizers/adamax.h>

#include "training/builtin_optimizer.hpp"

namespace weft {
namespace optimizers {
namespace {

class AdamaxOptimizer final : public detail::BuiltinOptimizer {
 public:
  explicit AdamaxOptimizer(const AdamaxOptions& o) : BuiltinOptimizer("Adamax", o), options_(o) {}
  Config get_config() const override {
    return BuiltinOptimizer::get_config().merge(
        {{"beta_1", options_.beta_1}, {"beta_2", options_.beta_2}, {"epsilon", options_.epsilon}});
  }

 protected:
  void make_slots(const std::vector<Variable>& variables) override {
    auto slots = add_optimizer_variables(variables, std::vector<std::string>{"momentum", "norm"});
    momentums_ = std::move(slots[0]);
    norms_ = std::move(slots[1]);
  }
  void update_step(const Tensor& gradient, Variable variable,
                   const Tensor& learning_rate) override {
    const std::size_t i = index_of(variable);
    const Tensor step = (iterations() + 1).astype(variable.dtype());
    const Tensor power = ops::power(options_.beta_1, step);
    const Tensor m = momentums_[i] + (gradient - momentums_[i]) * (1.0 - options_.beta_1);
    const Tensor u = ops::maximum(options_.beta_2 * Tensor(norms_[i]), ops::abs(gradient));
    momentums_[i].assign(m);
    norms_[i].assign(u);
    variable.assign(variable - learning_rate * m / ((1.0 - power) * (u + options_.epsilon)));
  }

 private:
  AdamaxOptions options_;
  std::vector<Variable> momentums_, norms_;
};

}  // namespace

Adamax::Adamax() : Adamax(AdamaxOptions()) {}
Adamax::Adamax(LearningRate learning_rate)
    : Adamax(AdamaxOptions{.learning_rate = std::move(learning_rate)}) {}
Adamax::Adamax(AdamaxOptions options) : OptimizerRef(std::make_shared<AdamaxOptimizer>(options)) {}

}  // namespace optimizers

namespace registration {
void optimizer_adamax() {
  using Options = optimizers::AdamaxOptions;
  detail::register_optimizer<optimizers::Adamax, Options>("Adamax", detail::adam_options<Options>);
}
}  // namespace registration
}  // namespace weft
