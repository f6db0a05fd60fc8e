#include <weft/training/optimizers/adagrad.h>

#include "training/builtin_optimizer.hpp"

namespace weft {
namespace optimizers {
namespace {

class AdagradOptimizer final : public detail::BuiltinOptimizer {
 public:
  explicit AdagradOptimizer(const AdagradOptions& o)
      : BuiltinOptimizer("Adagrad", o), options_(o) {}
  Config get_config() const override {
    return BuiltinOptimizer::get_config().merge(
        {{"initial_accumulator_value", options_.initial_accumulator_value},
         {"epsilon", options_.epsilon}});
  }

 protected:
  void make_slots(const std::vector<Variable>& variables) override {
    accumulators_ =
        add_optimizer_variables(variables, "accumulator", options_.initial_accumulator_value);
  }
  void update_step(const Tensor& gradient, Variable variable,
                   const Tensor& learning_rate) override {
    Variable accumulator = accumulators_[index_of(variable)];
    const Tensor a = accumulator + ops::square(gradient);
    accumulator.assign(a);
    variable.assign(variable - learning_rate * gradient / ops::sqrt(a + options_.epsilon));
  }

 private:
  AdagradOptions options_;
  std::vector<Variable> accumulators_;
};

}  // namespace

Adagrad::Adagrad() : Adagrad(AdagradOptions()) {}
Adagrad::Adagrad(LearningRate learning_rate)
    : Adagrad(AdagradOptions{.learning_rate = std::move(learning_rate)}) {}
Adagrad::Adagrad(AdagradOptions options)
    : OptimizerRef(std::make_shared<AdagradOptimizer>(options)) {}

}  // namespace optimizers

namespace registration {
void optimizer_adagrad() {
  using Options = optimizers::AdagradOptions;
  detail::register_optimizer<optimizers::Adagrad, Options>("Adagrad", [](const Config& c) {
    auto o = detail::common_optimizer_options<Options>(c);
    detail::read_into(o.initial_accumulator_value, c, "initial_accumulator_value");
    detail::read_into(o.epsilon, c, "epsilon");
    return o;
  });
}
}  // namespace registration
}  // namespace weft
