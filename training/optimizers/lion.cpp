#include <weft/training/optimizers/lion.h>

#include <fmt/core.h>

#include "training/builtin_optimizer.hpp"

namespace weft {
namespace optimizers {
namespace {

class LionOptimizer final : public detail::BuiltinOptimizer {
 public:
  explicit LionOptimizer(const LionOptions& o) : BuiltinOptimizer("Lion", o), options_(o) {
    if (o.beta_1 > 0 && o.beta_1 <= 1) return;
    throw Error(
        fmt::format("Lion: `beta_1` is out of range, the optimizer would be SignSGD. Expected: a "
                    "number in (0, 1]. Received: "
                    "beta_1={}",
                    detail::python_repr(o.beta_1)));
  }
  Config get_config() const override {
    return BuiltinOptimizer::get_config().merge(
        {{"beta_1", options_.beta_1}, {"beta_2", options_.beta_2}});
  }

 protected:
  void make_slots(const std::vector<Variable>& variables) override {
    momentums_ = add_optimizer_variables(variables, "momentum");
  }
  void update_step(const Tensor& gradient, Variable variable,
                   const Tensor& learning_rate) override {
    Variable momentum = momentums_[index_of(variable)];
    const Tensor m = momentum;
    variable.assign(variable - learning_rate * ops::sign(m * options_.beta_1 +
                                                         gradient * (1.0 - options_.beta_1)));
    momentum.assign(m * options_.beta_2 + gradient * (1.0 - options_.beta_2));
  }

 private:
  LionOptions options_;
  std::vector<Variable> momentums_;
};

}  // namespace

Lion::Lion() : Lion(LionOptions()) {}
Lion::Lion(LearningRate learning_rate)
    : Lion(LionOptions{.learning_rate = std::move(learning_rate)}) {}
Lion::Lion(LionOptions options) : OptimizerRef(std::make_shared<LionOptimizer>(options)) {}

}  // namespace optimizers

namespace registration {
void optimizer_lion() {
  using Options = optimizers::LionOptions;
  detail::register_optimizer<optimizers::Lion, Options>("Lion", [](const Config& c) {
    auto o = detail::common_optimizer_options<Options>(c);
    detail::read_into(o.beta_1, c, "beta_1");
    detail::read_into(o.beta_2, c, "beta_2");
    return o;
  });
}
}  // namespace registration
}  // namespace weft
