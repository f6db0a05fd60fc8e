// What Keras's own optimizers share: class name, module, configuration.
#pragma once
#include <weft/core/error.h>
#include <weft/ops.h>

#include "core/recorder.hpp"
#include "training/learning_rate.hpp"
#include "training/registries.hpp"

namespace weft::detail {

/// The common fields of an optimizer's options; the name becomes Keras's automatic one when there
/// is none.
template <class O>
OptimizerOptions common_options(const char* keras_class, const O& o) {
  return {.learning_rate = o.learning_rate,
          .weight_decay = o.weight_decay,
          .clipnorm = o.clipnorm,
          .clipvalue = o.clipvalue,
          .global_clipnorm = o.global_clipnorm,
          .use_ema = o.use_ema,
          .ema_momentum = o.ema_momentum,
          .ema_overwrite_frequency = o.ema_overwrite_frequency,
          .loss_scale_factor = o.loss_scale_factor,
          .gradient_accumulation_steps = o.gradient_accumulation_steps,
          .name = o.name.empty() ? auto_name(snake_case(keras_class)) : o.name};
}

class BuiltinOptimizer : public Optimizer {
 public:
  template <class O>
  BuiltinOptimizer(const char* keras_class, const O& o)
      : Optimizer(common_options(keras_class, o)), class_(keras_class) {}
  std::string class_name() const override { return class_; }
  std::string module() const override { return "keras.optimizers"; }
  void build(const std::vector<Variable>& variables) final {
    if (built()) return;
    const EagerScope eager;
    Optimizer::build(variables);
    make_slots(variables);
  }

 protected:
  virtual void make_slots(const std::vector<Variable>& variables) = 0;

 private:
  const char* class_;
};

/// A learning rate in a file: a number or a schedule.
LearningRate learning_rate_of(const ConfigValue& value);

/// Reads the fields that all optimizers have.
template <class O>
O common_optimizer_options(const Config& c) {
  O o;
  o.name = text_or(c, "name", "");
  if (c.contains("learning_rate")) o.learning_rate = learning_rate_of(c["learning_rate"]);
  o.weight_decay = c.get<decltype(o.weight_decay)>("weight_decay", o.weight_decay);
  o.clipnorm = c.get<std::optional<double>>("clipnorm", o.clipnorm);
  o.clipvalue = c.get<std::optional<double>>("clipvalue", o.clipvalue);
  o.global_clipnorm = c.get<std::optional<double>>("global_clipnorm", o.global_clipnorm);
  o.use_ema = c.get<bool>("use_ema", o.use_ema);
  o.ema_momentum = c.get<double>("ema_momentum", o.ema_momentum);
  o.ema_overwrite_frequency =
      c.get<std::optional<int>>("ema_overwrite_frequency", o.ema_overwrite_frequency);
  o.loss_scale_factor = c.get<std::optional<double>>("loss_scale_factor", o.loss_scale_factor);
  o.gradient_accumulation_steps =
      c.get<std::optional<int>>("gradient_accumulation_steps", o.gradient_accumulation_steps);
  return o;
}

/// Registers a class whose handle H is made from options O that `read` takes out of a
/// configuration.
template <class H, class O>
void register_optimizer(const char* keras_class, O (*read)(const Config&)) {
  registry<Optimizer>().add(keras_class,
                            [read](const Config& c) -> Ref<Optimizer> { return H(read(c)); },
                            {to_lower(keras_class)});
}

/// Reads one number of a configuration.
template <class T>
void read_into(T& field, const Config& c, const char* key) {
  field = c.get<T>(key, field);
}

/// Reads the options of Adam and its kin.
template <class O>
O adam_options(const Config& c) {
  auto o = common_optimizer_options<O>(c);
  read_into(o.beta_1, c, "beta_1");
  read_into(o.beta_2, c, "beta_2");
  read_into(o.epsilon, c, "epsilon");
  if constexpr (requires { o.amsgrad; }) read_into(o.amsgrad, c, "amsgrad");
  return o;
}

}  // namespace weft::detail
