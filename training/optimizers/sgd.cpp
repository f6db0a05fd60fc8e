#include <weft/training/optimizers/sgd.h>

#include <fmt/core.h>

#include "training/builtin_optimizer.hpp"
#include "training/fused_update.hpp"
#include "training/loss_reduction.hpp"

namespace weft {
namespace optimizers {
namespace {

class SGDOptimizer final : public detail::BuiltinOptimizer {
 public:
  explicit SGDOptimizer(const SGDOptions& o) : BuiltinOptimizer("SGD", o), options_(o) {
    if (o.momentum >= 0 && o.momentum <= 1) return;
    throw Error(fmt::format(
        "SGD: `momentum` is out of range. Expected: a number in [0, 1]. Received: momentum={}",
        detail::python_repr(o.momentum)));
  }
  Config get_config() const override {
    return BuiltinOptimizer::get_config().merge(
        {{"momentum", options_.momentum}, {"nesterov", options_.nesterov}});
  }

 protected:
  void make_slots(const std::vector<Variable>& variables) override {
    if (options_.momentum != 0) momentums_ = add_optimizer_variables(variables, "momentum");
  }
  void update_step(const Tensor& gradient, Variable variable,
                   const Tensor& learning_rate) override {
    update_all({gradient}, {variable}, learning_rate);
  }
  void update_all(const std::vector<Tensor>& gradients, const std::vector<Variable>& variables,
                  const Tensor& learning_rate) override {
    std::vector<detail::SlotsOf> slots;
    for (const Variable& v : variables) {
      slots.emplace_back();
      if (options_.momentum != 0) slots.back().push_back(momentums_[index_of(v)]);
    }
    const Config attrs = {{"momentum", options_.momentum}, {"nesterov", options_.nesterov}};
    detail::fused_update("sgd_update", attrs, gradients, variables, slots,
                         [&](DType d) { return detail::as_dtype(learning_rate, d); });
  }

 private:
  SGDOptions options_;
  std::vector<Variable> momentums_;
};

}  // namespace

SGD::SGD() : SGD(SGDOptions()) {}
SGD::SGD(LearningRate learning_rate) : SGD(SGDOptions{.learning_rate = std::move(learning_rate)}) {}
SGD::SGD(SGDOptions options) : OptimizerRef(std::make_shared<SGDOptimizer>(options)) {}

}  // namespace optimizers

namespace registration {
void optimizer_sgd() {
  using Options = optimizers::SGDOptions;
  detail::register_optimizer<optimizers::SGD, Options>("SGD", [](const Config& c) {
    auto o = detail::common_optimizer_options<Options>(c);
    detail::read_into(o.momentum, c, "momentum");
    detail::read_into(o.nesterov, c, "nesterov");
    return o;
  });
}
}  // namespace registration
}  // namespace weft
