#include <weft/training/optimizers/nadam.h>

#include "training/builtin_optimizer.hpp"

namespace weft {
namespace optimizers {
namespace {

class NadamOptimizer final : public detail::BuiltinOptimizer {
 public:
  explicit NadamOptimizer(const NadamOptions& o) : BuiltinOptimizer("Nadam", o), options_(o) {}
  Config get_config() const override {
    return BuiltinOptimizer::get_config().merge(
        {{"beta_1", options_.beta_1}, {"beta_2", options_.beta_2}, {"epsilon", options_.epsilon}});
  }

 protected:
  void make_slots(const std::vector<Variable>& variables) override {
    auto slots =
        add_optimizer_variables(variables, std::vector<std::string>{"momentum", "velocity"});
    momentums_ = std::move(slots[0]);
    velocities_ = std::move(slots[1]);
    product_ = add_variable(
        ops::ones({}, variables.empty() ? DType(DType::float32) : variables[0].dtype()),
        "variable");
  }
  void update_all(const std::vector<Tensor>& gradients, const std::vector<Variable>& variables,
                  const Tensor& learning_rate) override {
    const Tensor t = iterations().astype(product_.dtype()) + 1.0;
    product_.assign(product_ * options_.beta_1 * (1.0 - 0.5 * ops::power(0.96, t)));
    BuiltinOptimizer::update_all(gradients, variables, learning_rate);
  }
  void update_step(const Tensor& gradient, Variable variable,
                   const Tensor& learning_rate) override {
    const std::size_t i = index_of(variable);
    const DType dtype = variable.dtype();
    const double beta_1 = options_.beta_1, beta_2 = options_.beta_2;
    const Tensor t = iterations().astype(dtype) + 1.0;
    const Tensor mu = beta_1 * (1.0 - 0.5 * ops::power(0.96, t)),
                 mu_next = beta_1 * (1.0 - 0.5 * ops::power(0.96, t + 1.0));
    const Tensor product = Tensor(product_).astype(dtype), product_next = product * mu_next;
    const Tensor m = momentums_[i] + (gradient - momentums_[i]) * (1.0 - beta_1);
    const Tensor v = velocities_[i] + (ops::square(gradient) - velocities_[i]) * (1.0 - beta_2);
    momentums_[i].assign(m);
    velocities_[i].assign(v);
    const Tensor m_hat =
        mu_next * m / (1.0 - product_next) + (1.0 - mu) * gradient / (1.0 - product);
    const Tensor v_hat = v / (1.0 - ops::power(beta_2, t));
    variable.assign(variable - m_hat * learning_rate / (ops::sqrt(v_hat) + options_.epsilon));
  }

 private:
  NadamOptions options_;
  std::vector<Variable> momentums_, velocities_;
  Variable product_;
};

}  // namespace

Nadam::Nadam() : Nadam(NadamOptions()) {}
Nadam::Nadam(LearningRate learning_rate)
    : Nadam(NadamOptions{.learning_rate = std::move(learning_rate)}) {}
Nadam::Nadam(NadamOptions options) : OptimizerRef(std::make_shared<NadamOptimizer>(options)) {}

}  // namespace optimizers

namespace registration {
void optimizer_nadam() {
  using Options = optimizers::NadamOptions;
  detail::register_optimizer<optimizers::Nadam, Options>("Nadam", detail::adam_options<Options>);
}
}  // namespace registration
}  // namespace weft
