// What a layer owns: weights, losses.
#include <weft/core/error.h>

#include <algorithm>

#include "core/names.hpp"
#include "core/recorder.hpp"
#include "graph/functional/call.hpp"
#include "graph/functional/layer_state.hpp"
#include "graph/functional/weight_budget.hpp"
#include "graph/functional/weight_objects.hpp"

namespace weft {

using detail::LayerAccess;

namespace {

void append_new(std::vector<Variable>& to, const std::vector<Variable>& from) {
  for (const Variable& v : from) {
    if (std::none_of(to.begin(), to.end(), [&](const Variable& known) { return known.is(v); }))
      to.push_back(v);
  }
}

// The scope of the layer's weights: the running layers', which ends in this one while it is built.
std::string weight_path(const Layer& layer, const std::string& name) {
  const std::string& scope = detail::layer_scope();
  const detail::CallFrame* frame = detail::current_call();
  const bool inside = frame != nullptr && frame->layer == &layer;
  std::string path = scope;
  if (!inside && !layer.name().empty()) path += (path.empty() ? "" : "/") + layer.name();
  return path.empty() || (!inside && layer.name().empty()) ? name : path + "/" + name;
}

void check_weight(const Layer& layer, const Shape& shape, const std::string& path) {
  if (layer.built()) {
    throw GraphError(
        "You cannot add new elements of state (variables or sub-layers) to a layer that is already "
        "built. All state "
        "must be created in the constructor or in `build`. Received: add_weight for '" +
        path + "'");
  }
  if (shape.known()) return;
  throw ShapeError(
      "Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: "
      "shape=" +
      shape.to_string() + " for variable path='" + path + "'");
}

}  // namespace

Variable Layer::add_weight(WeightOptions options) {
  const std::string name = options.name.empty() ? detail::auto_name("variable") : options.name;
  if (name.find('/') != std::string::npos) {
    throw GraphError("The `name` of a weight cannot contain the character `/`. Received: name='" +
                     name + "'");
  }
  const std::string path = weight_path(*this, name);
  check_weight(*this, options.shape, path);
  const DType dtype = options.dtype == DType::undefined ? state_->dtype : options.dtype;
  detail::WeightBudget::spend(options.shape, dtype, path);
  const detail::EagerScope eager;  // whatever is being traced, weights are real
  Tensor value = detail::initial_value(
      options.initializer ? options.initializer.get() : Ref<Initializer>(), options.shape, dtype);
  if (!(value.shape() == options.shape)) {
    throw ShapeError("The initializer of variable '" + path +
                     "' made a tensor of the wrong shape. Expected: " + options.shape.to_string() +
                     ". Received: " + value.shape().to_string());
  }
  Variable v(value.astype(dtype),
             {.trainable = options.trainable && state_->trainable, .name = name});
  detail::VariableImpl& made = detail::impl(v);
  made.path = path;
  if (options.regularizer) made.regularizer = options.regularizer.get();
  if (options.constraint) made.constraint = options.constraint.get();
  (options.trainable ? state_->trainable_variables : state_->other_variables).push_back(v);
  return v;
}

std::vector<Variable> Layer::own_variables() const {
  std::vector<Variable> out;
  append_new(out, state_->trainable_variables);
  append_new(out, state_->other_variables);
  return out;
}

std::vector<Variable> Layer::weights() const {
  std::vector<Variable> out = own_variables();
  for (const Child& child : state_->children) append_new(out, child.layer->weights());
  return out;
}

std::vector<Variable> Layer::trainable_weights() const {
  if (!state_->trainable) return {};
  std::vector<Variable> out;
  for (const Variable& v : weights()) {
    if (v.trainable()) out.push_back(v);
  }
  return out;
}

std::vector<Variable> Layer::non_trainable_weights() const {
  std::vector<Variable> out;
  for (const Variable& v : weights()) {
    if (!state_->trainable || !v.trainable()) out.push_back(v);
  }
  return out;
}

std::vector<Variable> Layer::variables() const {
  std::vector<Variable> out = own_variables();
  for (const Named<Variable>& seed : seed_generators()) append_new(out, {seed.value});
  for (const Child& child : state_->children) append_new(out, child.layer->variables());
  return out;
}

std::vector<Tensor> Layer::get_weights() const {
  std::vector<Tensor> out;
  for (const Variable& v : weights()) out.push_back(v.value());
  return out;
}

void Layer::set_weights(const std::vector<Tensor>& values) {
  std::vector<Variable> all = weights();
  if (values.size() != all.size()) {
    throw ShapeError("You called `set_weights(weights)` on layer '" + name() +
                     "' with a weight list of length " + std::to_string(values.size()) +
                     ", but the layer was expecting " + std::to_string(all.size()) + " weights.");
  }
  for (std::size_t i = 0; i < all.size();
       ++i) {  // all checks first: a failing call changes nothing
    if (values[i] && values[i].shape() == all[i].shape()) continue;
    throw ShapeError("Layer '" + name() + "' weight shape " + all[i].shape().to_string() +
                     " is not compatible with provided weight shape " +
                     (values[i] ? values[i].shape().to_string() : "(null Tensor)") + ". (Weight " +
                     std::to_string(i) + ", '" + all[i].path() + "'.)");
  }
  for (std::size_t i = 0; i < all.size(); ++i) all[i].assign(values[i]);
}

std::int64_t Layer::count_params() const {
  if (!state_->built) {
    throw GraphError(
        "You tried to call `count_params` on layer '" + name() +
        "', but the layer isn't built. Expected: call it on data first, or on an Input.");
  }
  std::int64_t n = 0;
  for (const Variable& v : weights()) n += v.shape().size();
  return n;
}

void Layer::add_loss(const Tensor& loss) {
  if (!loss)
    throw GraphError("`add_loss()` on the " + detail::describe(*this) +
                     " received a null Tensor. Expected: a scalar.");
  if (detail::is_functional(loss)) {
    throw GraphError(
        "`add_loss()` can only be called from inside `call()`, on a tensor made of its inputs. "
        "Received: a functional "
        "tensor, for the " +
        detail::describe(*this));
  }
  const detail::Trace* trace = detail::recording().trace();
  if (trace != nullptr && trace->abstract()) return;  // only shapes are being found
  state_->losses.push_back(loss);
}

namespace {

// A traced loss of a trace that has ended says nothing any more.
bool is_current(const Tensor& loss) {
  if (!detail::is_traced(loss)) return true;
  const auto& traces = detail::recording().traces;
  return std::any_of(traces.begin(), traces.end(), [&](const detail::Trace* trace) {
    return trace->id() == detail::impl(loss).trace;
  });
}

void collect_losses(const Layer& layer, std::vector<const Layer*>& seen, std::vector<Tensor>& out) {
  if (std::find(seen.begin(), seen.end(), &layer) != seen.end()) return;
  seen.push_back(&layer);
  for (const Tensor& loss : LayerAccess::state(layer).losses) {
    if (is_current(loss)) out.push_back(loss);
  }
  for (const Layer::Child& child : layer.children()) collect_losses(*child.layer.base(), seen, out);
}

}  // namespace

std::vector<Tensor> Layer::losses() const {
  std::vector<Tensor> out;
  std::vector<const Layer*> seen;
  collect_losses(*this, seen, out);
  for (const Variable& v : trainable_weights()) {
    const Ref<Regularizer>& regularizer = detail::impl(v).regularizer;
    if (regularizer) out.push_back(detail::penalty(regularizer, v));
  }
  return out;
}

void detail::LayerAccess::clear_losses(Layer& layer) {
  LayerState& s = state(layer);
  if (!s.losses.empty()) s.losses.clear();
  for (const Layer::Child& child : s.children) clear_losses(*child.layer.base());
}

}  // namespace weft
