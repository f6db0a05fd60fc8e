// Optimizer: how weights change with their gradients.
#pragma once
#include <weft/core/keras_object.h>
#include <weft/core/ref.h>
#include <weft/core/tensor.h>
#include <weft/core/variable.h>
#include <weft/training/schedule.h>

namespace weft {

// Aggregates cannot inherit and keep designated initialisers: the common keywords are fields of
// each struct.
//   weight_decay                 w -= w * weight_decay * lr, before the update
//   clipnorm                     each gradient is scaled down to at most this norm
//   clipvalue                    each element of a gradient is limited to this size
//   global_clipnorm              all gradients are scaled down together to at most this norm
//   use_ema, ema_momentum        keep moving averages of the weights
//   ema_overwrite_frequency      steps after which the averages replace the weights
//   loss_scale_factor            the loss is multiplied, the gradients are divided by it
//   gradient_accumulation_steps  update once in so many steps, with the mean gradient
#define WEFT_OPTIMIZER_OPTIONS_AFTER_WEIGHT_DECAY                            \
  std::optional<double> clipnorm = {}, clipvalue = {}, global_clipnorm = {}; \
  bool use_ema = false;                                                      \
  double ema_momentum = 0.99;                                                \
  std::optional<int> ema_overwrite_frequency = {};                           \
  std::optional<double> loss_scale_factor = {};                              \
  std::optional<int> gradient_accumulation_steps = {};                       \
  std::string name = {}
#define WEFT_OPTIMIZER_OPTIONS             \
  std::optional<double> weight_decay = {}; \
  WEFT_OPTIMIZER_OPTIONS_AFTER_WEIGHT_DECAY

/// What every optimizer can be told; Keras's `keras.optimizers.Optimizer(learning_rate,
/// weight_decay, clipnorm, ...)`.
struct OptimizerOptions {
  LearningRate learning_rate = 0.001;
  WEFT_OPTIMIZER_OPTIONS;
};

/// Base of optimizers. One of one's own overrides update_step, and build when it keeps slots (a
/// variable per weight):
///   class Momentum : public Optimizer {
///    public:
///     using Optimizer::Optimizer;
///     void build(const std::vector<Variable>& variables) override {
///       Optimizer::build(variables);
///       momentums_ = add_optimizer_variables(variables, "momentum");
///     }
///    protected:
///     void update_step(const Tensor& gradient, Variable variable, const Tensor& learning_rate)
///     override {
///       Variable m = momentums_[index_of(variable)];
///       m.assign(m * 0.9 - gradient * learning_rate);
///       variable.assign(variable + m);
///     }
///   };
class Optimizer : public KerasObject {
 public:
  /// Throws Error when an option is out of its range or more than one of the three clips is given.
  explicit Optimizer(OptimizerOptions options = {});
  ~Optimizer() override;
  std::string name() const;

  /// Makes the slots for these weights; what apply does at its first call.
  virtual void build(const std::vector<Variable>& variables);
  bool built() const;

  /// One step. Weights without a gradient (null) stay as they are, and a warning names them.
  /// Gradients are unscaled, accumulated, clipped; weights decay, are updated, averaged, and put
  /// through their constraints; `iteration` grows by one. Throws Error when no weight has a
  /// gradient, the numbers of gradients and variables differ, or a variable is not among those that
  /// the optimizer was built for.
  void apply(const std::vector<Tensor>& gradients, const std::vector<Variable>& variables);

  /// All state, in the order of Keras's files: iteration, learning_rate (unless scheduled),
  /// averages, accumulators, slots.
  std::vector<Variable> variables() const;
  /// The number of updates so far.
  Tensor iterations() const;
  /// The learning rate of the present step. Waits for the device.
  double learning_rate() const;
  /// Throws Error when the learning rate follows a schedule.
  void set_learning_rate(double value);
  /// Null when the learning rate is a number.
  Ref<Schedule> schedule() const;

  /// These weights do not decay, nor those whose name matches one of `names` (regular expressions,
  /// searched for). Throws Error when the optimizer is built already.
  void exclude_from_weight_decay(const std::vector<Variable>& variables,
                                 const std::vector<std::string>& names = {});
  /// loss * loss_scale_factor, what the gradients are to be taken of.
  Tensor scale_loss(const Tensor& loss) const;
  /// With use_ema: the averages replace the weights. fit does it after its last epoch.
  void finalize_variable_values();

  /// {"name", "learning_rate", "weight_decay", "clipnorm", ...}; the learning rate as it is now, in
  /// float32.
  Config get_config() const override;

 protected:
  /// Updates one weight; `gradient` and `learning_rate` have its dtype.
  virtual void update_step(const Tensor& gradient, Variable variable,
                           const Tensor& learning_rate) = 0;
  /// Updates all; for what has to be computed once a step.
  virtual void update_all(const std::vector<Tensor>& gradients,
                          const std::vector<Variable>& variables, const Tensor& learning_rate);
  /// One slot per weight, of its shape and dtype, named "<path of the weight with _ for />_<slot>".
  std::vector<Variable> add_optimizer_variables(const std::vector<Variable>& variables,
                                                const std::string& slot, double initial = 0);
  /// Several slots per weight, made weight by weight: result[i] are those of slots[i].
  std::vector<std::vector<Variable>> add_optimizer_variables(const std::vector<Variable>& variables,
                                                             const std::vector<std::string>& slots);
  Variable add_variable(const Tensor& value, const std::string& name);
  /// The place of a weight among those that the optimizer was built for.
  std::size_t index_of(const Variable& variable) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
  Tensor current_learning_rate() const;
  void check_known(const std::vector<Variable>& variables) const;
  void apply_filtered(std::vector<Tensor> gradients, const std::vector<Variable>& variables);
  void accumulate(const std::vector<Tensor>& gradients, const std::vector<Variable>& variables);
  void update(const std::vector<Tensor>& gradients, const std::vector<Variable>& variables);
  void decay(const std::vector<Variable>& variables, const Tensor& learning_rate);
  bool decays(const Variable& variable) const;
  void average();
};

/// Shared ownership of an optimizer. The handles in namespace optimizers are OptimizerRefs. All
/// throw Error on a null one.
struct OptimizerRef : Ref<Optimizer> {
  using Ref::Ref;
  OptimizerRef() = default;
  OptimizerRef(const Ref<Optimizer>& optimizer) : Ref(optimizer) {}
  void apply(const std::vector<Tensor>& gradients, const std::vector<Variable>& variables) const;
  double learning_rate() const;
  /// Also after compile: model.optimizer().set_learning_rate(1e-4).
  void set_learning_rate(double value) const;
};

/// An argument that takes Keras's identifier (a class name in any case) or an optimizer. Default:
/// "rmsprop".
class OptimizerArg : detail::State {
 public:
  OptimizerArg() = default;
  template <Text S>
  OptimizerArg(S id) : OptimizerArg(from_id(id)) {}
  OptimizerArg(const OptimizerRef& optimizer);
  template <std::derived_from<Optimizer> U>
  OptimizerArg(const std::shared_ptr<U>& own) : OptimizerArg(OptimizerRef(own)) {}

 private:
  friend struct detail::Access;
  static OptimizerArg from_id(std::string_view id);
};

namespace optimizers {

/// The optimizer of an identifier, a class name in any case; throws Error naming those that there
/// are.
OptimizerRef get(std::string_view identifier);
/// What serialize() wrote, or an identifier; null gives a null handle.
OptimizerRef deserialize(const ConfigValue& config);

}  // namespace optimizers
}  // namespace weft
