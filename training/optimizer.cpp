#include <fmt/core.h>
#include <fmt/ranges.h>
#include <weft/core/error.h>
#include <weft/core/log.h>
#include <weft/core/settings.h>
#include <weft/layers/constraint.h>
#include <weft/ops.h>
#include <weft/training/optimizer.h>
#include <weft/training/optimizers/rmsprop.h>

#include <algorithm>
#include <map>

#include "core/access.hpp"
#include "core/recorder.hpp"
#include "training/gradient_clip.hpp"
#include "training/learning_rate.hpp"
#include "training/loss_reduction.hpp"
#include "training/name_patterns.hpp"
#include "training/registries.hpp"

namespace weft {
namespace {

std::string shown(const std::optional<double>& v) { return v ? detail::python_repr(*v) : "None"; }

void check_options(const std::string& name, const OptimizerOptions& o) {
  if (o.gradient_accumulation_steps && *o.gradient_accumulation_steps < 2) {
    throw Error(fmt::format(
        "Optimizer '{}': `gradient_accumulation_steps` must be an integer >= 2. Received: "
        "gradient_accumulation_steps={}",
        name, *o.gradient_accumulation_steps));
  }
  if (o.use_ema && (o.ema_momentum > 1 || o.ema_momentum < 0)) {
    throw Error(fmt::format(
        "Optimizer '{}': `ema_momentum` must be in the range [0, 1]. Received: ema_momentum={}",
        name, detail::python_repr(o.ema_momentum)));
  }
  if (o.use_ema && o.ema_overwrite_frequency && *o.ema_overwrite_frequency < 1) {
    throw Error(fmt::format(
        "Optimizer '{}': `ema_overwrite_frequency` must be an integer >= 1 or None. Received: "
        "ema_overwrite_frequency={}",
        name, *o.ema_overwrite_frequency));
  }
  const int clips =
      o.clipnorm.has_value() + o.clipvalue.has_value() + o.global_clipnorm.has_value();
  if (clips > 1) {
    throw Error(
        fmt::format("Optimizer '{}': only one of `clipnorm`, `clipvalue` and `global_clipnorm` can "
                    "be set. Received: "
                    "clipnorm={}, clipvalue={}, global_clipnorm={}",
                    name, shown(o.clipnorm), shown(o.clipvalue), shown(o.global_clipnorm)));
  }
}

void assign_where(const Tensor& condition, Variable variable, const Tensor& otherwise) {
  variable.assign(ops::where(condition, variable, otherwise));
}

}  // namespace

struct Optimizer::State {
  OptimizerOptions options;
  std::string name;
  bool built = false;
  std::vector<Variable> all;        // Keras's `variables`
  std::vector<Variable> trainable;  // what it was built for
  std::map<const void*, std::size_t> index;
  std::vector<Variable> averages, accumulators;
  Variable iteration, learning_rate;  // the latter null with a schedule
  Ref<Schedule> schedule;
  std::vector<Variable> no_decay;
  detail::NamePatterns no_decay_names;
};

Optimizer::Optimizer(OptimizerOptions options) : state_(std::make_unique<State>()) {
  State& s = *state_;
  check_options(options.name, options);
  s.name = options.name;
  s.options = std::move(options);
  const detail::LearningRateState& rate = detail::state_of_rate(s.options.learning_rate);
  s.schedule = rate.schedule;
  const detail::EagerScope eager;
  s.iteration = add_variable(ops::zeros({}, DType::int32), "iteration");
  if (!s.schedule)
    s.learning_rate = add_variable(ops::full({}, rate.value, floatx()), "learning_rate");
}

Optimizer::~Optimizer() = default;

std::string Optimizer::name() const {
  if (state_->name.empty()) state_->name = detail::automatic_name(typeid(*this));
  return state_->name;
}

bool Optimizer::built() const { return state_->built; }
std::vector<Variable> Optimizer::variables() const { return state_->all; }
Ref<Schedule> Optimizer::schedule() const { return state_->schedule; }

void Optimizer::build(const std::vector<Variable>& variables) {
  State& s = *state_;
  if (s.built) return;
  s.built = true;
  for (const Variable& v : s.all) detail::impl(v).path = name() + "/" + v.name();
  if (s.options.use_ema) s.averages = add_optimizer_variables(variables, "average");
  if (s.options.gradient_accumulation_steps)
    s.accumulators = add_optimizer_variables(variables, "gradient_accumulator");
  for (const Variable& v : variables)
    s.index.emplace(detail::Access::state(v).get(), s.index.size());
  s.trainable = variables;
}

Variable Optimizer::add_variable(const Tensor& value, const std::string& name) {
  Variable v(value, {.trainable = false, .name = name});
  // While this class is being constructed an automatic name is not known yet: build sets these
  // paths.
  detail::impl(v).path = state_->name.empty() ? name : state_->name + "/" + name;
  state_->all.push_back(v);
  return v;
}

std::vector<Variable> Optimizer::add_optimizer_variables(const std::vector<Variable>& variables,
                                                         const std::string& slot, double initial) {
  const detail::EagerScope eager;  // a first step may be being traced
  name();
  std::vector<Variable> slots;
  for (const Variable& v : variables) {
    std::string path = v.path();
    std::replace(path.begin(), path.end(), '/', '_');
    slots.push_back(add_variable(ops::full(v.shape(), initial, v.dtype()), path + "_" + slot));
  }
  return slots;
}

std::vector<std::vector<Variable>> Optimizer::add_optimizer_variables(
    const std::vector<Variable>& variables, const std::vector<std::string>& slots) {
  std::vector<std::vector<Variable>> all(slots.size());
  for (const Variable& v : variables) {
    for (std::size_t i = 0; i < slots.size(); ++i)
      all[i].push_back(add_optimizer_variables({v}, slots[i]).front());
  }
  return all;
}

std::size_t Optimizer::index_of(const Variable& variable) const {
  check_known({variable});
  return state_->index.at(detail::Access::state(variable).get());
}

void Optimizer::check_known(const std::vector<Variable>& variables) const {
  for (const Variable& v : variables) {
    if (state_->index.count(detail::Access::state(v).get()) != 0) continue;
    throw Error(fmt::format(
        "Optimizer '{}': unknown variable '{}'. Expected: the variables that it was built for, it "
        "can only be "
        "called with those. When working with a new set of variables, create a new optimizer.",
        name(), v.path()));
  }
}

Tensor Optimizer::current_learning_rate() const {
  return state_->schedule ? (*state_->schedule)(state_->iteration) : Tensor(state_->learning_rate);
}

double Optimizer::learning_rate() const {
  return static_cast<double>(current_learning_rate().item<float>());
}

void Optimizer::set_learning_rate(double value) {
  if (state_->schedule) {
    throw Error(
        fmt::format("Optimizer '{}': its learning rate follows a schedule and cannot be set. "
                    "Expected: an optimizer "
                    "that was made with a number as `learning_rate`. Received: learning_rate={}",
                    name(), detail::python_repr(value)));
  }
  state_->learning_rate.assign(Tensor(value).astype(state_->learning_rate.dtype()));
}

Tensor Optimizer::iterations() const {
  const auto steps = state_->options.gradient_accumulation_steps;
  return steps ? ops::floor_divide(state_->iteration, *steps) : Tensor(state_->iteration);
}

Tensor Optimizer::scale_loss(const Tensor& loss) const {
  return state_->options.loss_scale_factor ? loss * *state_->options.loss_scale_factor : loss;
}

void Optimizer::apply(const std::vector<Tensor>& gradients,
                      const std::vector<Variable>& variables) {
  if (gradients.size() != variables.size()) {
    throw Error(
        fmt::format("Optimizer '{}': the number of gradients differs from that of variables. "
                    "Expected: {} gradients. "
                    "Received: {}.",
                    name(), variables.size(), gradients.size()));
  }
  if (gradients.empty()) return;
  if (!built()) {
    const detail::EagerScope eager;  // this step may be being traced: slots are no part of it
    build(variables);
  }
  check_known(variables);
  std::vector<Tensor> given;
  std::vector<Variable> updated;
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (!gradients[i]) {
      missing.push_back("'" + variables[i].path() + "'");
      continue;
    }
    const auto scale = state_->options.loss_scale_factor;
    given.push_back(
        detail::as_dtype(scale ? gradients[i] / *scale : gradients[i], variables[i].dtype()));
    updated.push_back(variables[i]);
  }
  if (given.empty())
    throw Error(fmt::format("Optimizer '{}': No gradients provided for any variable.", name()));
  if (!missing.empty()) {
    detail::log(LogLevel::warning, fmt::format("Gradients do not exist for variables [{}] when "
                                               "minimizing the loss. If using `model.compile()`, "
                                               "did you forget to provide a `loss` argument?",
                                               fmt::join(missing, ", ")));
  }
  apply_filtered(std::move(given), updated);
}

void Optimizer::apply_filtered(std::vector<Tensor> gradients,
                               const std::vector<Variable>& variables) {
  State& s = *state_;
  if (s.options.gradient_accumulation_steps)
    accumulate(gradients, variables);
  else
    update(gradients, variables);
  if (s.options.use_ema) average();
  for (Variable v : variables) {
    const Ref<Constraint>& constraint = detail::impl(v).constraint;
    if (constraint) v.assign((*constraint)(v));
  }
  s.iteration.assign(s.iteration + 1);
}

void Optimizer::update(const std::vector<Tensor>& gradients,
                       const std::vector<Variable>& variables) {
  const OptimizerOptions& o = state_->options;
  const Tensor rate = current_learning_rate();
  const std::vector<Tensor> clipped =
      detail::clip_gradients(gradients, {o.clipnorm, o.clipvalue, o.global_clipnorm});
  if (o.weight_decay) decay(variables, rate);
  update_all(clipped, variables, rate);
}

void Optimizer::update_all(const std::vector<Tensor>& gradients,
                           const std::vector<Variable>& variables, const Tensor& rate) {
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    update_step(gradients[i], variables[i], detail::as_dtype(rate, variables[i].dtype()));
  }
}

/// A trace has no branches: every step computes the update, and all but each steps-th keep the old
/// values.
void Optimizer::accumulate(const std::vector<Tensor>& gradients,
                           const std::vector<Variable>& variables) {
  State& s = *state_;
  const int steps = *s.options.gradient_accumulation_steps;
  const Tensor now = ops::equal(ops::mod(s.iteration + 1, steps), 0);
  std::vector<Tensor> old_weights, old_state, sums, means;
  for (const Variable& v : variables) old_weights.push_back(v);
  for (const Variable& v : s.all) old_state.push_back(v);
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    sums.push_back(gradients[i] + Tensor(s.accumulators[index_of(variables[i])]));
    means.push_back(ops::where(now, sums.back() / static_cast<double>(steps), gradients[i]));
  }
  update(means, variables);
  for (std::size_t i = 0; i < variables.size(); ++i)
    assign_where(now, variables[i], old_weights[i]);
  for (std::size_t i = 0; i < s.all.size(); ++i) assign_where(now, s.all[i], old_state[i]);
  for (std::size_t i = 0; i < variables.size(); ++i) {
    s.accumulators[index_of(variables[i])].assign(ops::where(now, 0.0, sums[i]));
  }
}

void Optimizer::decay(const std::vector<Variable>& variables, const Tensor& rate) {
  for (Variable v : variables) {
    if (decays(v))
      v.assign(v - v * *state_->options.weight_decay * detail::as_dtype(rate, v.dtype()));
  }
}

bool Optimizer::decays(const Variable& variable) const {
  for (const Variable& v : state_->no_decay) {
    if (v.is(variable)) return false;
  }
  return !state_->no_decay_names.any_in(variable.name());
}

void Optimizer::exclude_from_weight_decay(const std::vector<Variable>& variables,
                                          const std::vector<std::string>& names) {
  if (built()) {
    throw Error(
        fmt::format("Optimizer '{}': `exclude_from_weight_decay()` can only be configured before "
                    "the optimizer is built.",
                    name()));
  }
  state_->no_decay = variables;
  state_->no_decay_names = detail::NamePatterns(names);
}

/// average = m * average + (1 - m) * w, with m = 0 at the first step.
void Optimizer::average() {
  State& s = *state_;
  const Tensor not_first = ops::not_equal(iterations(), 0);
  std::optional<Tensor> overwrite;
  if (const auto every = s.options.ema_overwrite_frequency)
    overwrite = ops::equal(ops::mod(iterations() + 1, *every), 0);
  for (std::size_t i = 0; i < s.trainable.size(); ++i) {
    Variable w = s.trainable[i];
    const Tensor momentum = not_first.astype(w.dtype()) * s.options.ema_momentum;
    const Tensor average = momentum * Tensor(s.averages[i]) + (1.0 - momentum) * Tensor(w);
    s.averages[i].assign(average);
    if (overwrite) w.assign(ops::where(*overwrite, average, w));
  }
}

void Optimizer::finalize_variable_values() {
  if (!state_->options.use_ema) return;
  for (std::size_t i = 0; i < state_->trainable.size(); ++i)
    state_->trainable[i].assign(state_->averages[i]);
}

Config Optimizer::get_config() const {
  const OptimizerOptions& o = state_->options;
  Config c = {{"name", name()}};
  if (state_->schedule)
    c.set("learning_rate", serialize(*state_->schedule));
  else
    c.set("learning_rate", learning_rate());
  return c.set("weight_decay", o.weight_decay)
      .set("clipnorm", o.clipnorm)
      .set("global_clipnorm", o.global_clipnorm)
      .set("clipvalue", o.clipvalue)
      .set("use_ema", o.use_ema)
      .set("ema_momentum", o.ema_momentum)
      .set("ema_overwrite_frequency", o.ema_overwrite_frequency)
      .set("loss_scale_factor", o.loss_scale_factor)
      .set("gradient_accumulation_steps", o.gradient_accumulation_steps);
}

}  // namespace weft
