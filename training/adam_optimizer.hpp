// What Adam and AdamW share.
#pragma once
#include "training/builtin_optimizer.hpp"

namespace weft::detail {

struct AdamArguments {
  double beta_1, beta_2, epsilon;
  bool amsgrad;
};

class AdamOptimizer final : public BuiltinOptimizer {
 public:
  template <class O>
  AdamOptimizer(const char* keras_class, const O& o, AdamArguments a)
      : BuiltinOptimizer(keras_class, o), a_(a) {}
  Config get_config() const override;

 protected:
  void make_slots(const std::vector<Variable>& variables) override;
  void update_all(const std::vector<Tensor>& gradients, const std::vector<Variable>& variables,
                  const Tensor& learning_rate) override;
  void update_step(const Tensor& gradient, Variable variable, const Tensor& learning_rate) override;

 private:
  AdamArguments a_;
  std::vector<Variable> momentums_, velocities_, velocity_hats_;
};

}  // namespace weft::detail
