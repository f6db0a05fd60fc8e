#include <weft/training/optimizers/adadelta.h>

#include "training/builtin_optimizer.hpp"

namespace weft {
namespace optimizers {
namespace {

class AdadeltaOptimizer final : public detail::BuiltinOptimizer {
 public:
  explicit AdadeltaOptimizer(const AdadeltaOptions& o)
      : BuiltinOptimizer("Adadelta", o), options_(o) {}
  Config get_config() const override {
    return BuiltinOptimizer::get_config().merge(
        {{"rho", options_.rho}, {"epsilon", options_.epsilon}});
  }

 protected:
  void make_slots(const std::vector<Variable>& variables) override {
    auto slots = add_optimizer_variables(
        variables, std::vector<std::string>{"accumulated_grad", "accumulated_delta_var"});
    grads_ = std::move(slots[0]);
    deltas_ = std::move(slots[1]);
  }
  void update_step(const Tensor& gradient, Variable variable,
                   const Tensor& learning_rate) override {
    const std::size_t i = index_of(variable);
    const double rho = options_.rho, epsilon = options_.epsilon;
    const Tensor grad = rho * Tensor(grads_[i]) + (1.0 - rho) * ops::square(gradient);
    const Tensor delta = -(ops::sqrt(deltas_[i] + epsilon) * gradient / ops::sqrt(grad + epsilon));
    grads_[i].assign(grad);
    deltas_[i].assign(rho * Tensor(deltas_[i]) + (1.0 - rho) * ops::square(delta));
    variable.assign(variable + learning_rate * delta);
  }

 private:
  AdadeltaOptions options_;
  std::vector<Variable> grads_, deltas_;
};

}  // namespace

Adadelta::Adadelta() : Adadelta(AdadeltaOptions()) {}
Adadelta::Adadelta(LearningRate learning_rate)
    : Adadelta(AdadeltaOptions{.learning_rate = std::move(learning_rate)}) {}
Adadelta::Adadelta(AdadeltaOptions options)
    : OptimizerRef(std::make_shared<AdadeltaOptimizer>(options)) {}

}  // namespace optimizers

namespace registration {
void optimizer_adadelta() {
  using Options = optimizers::AdadeltaOptions;
  detail::register_optimizer<optimizers::Adadelta, Options>("Adadelta", [](const Config& c) {
    auto o = detail::common_optimizer_options<Options>(c);
    detail::read_into(o.rho, c, "rho");
    detail::read_into(o.epsilon, c, "epsilon");
    return o;
  });
}
}  // namespace registration
}  // namespace weft
