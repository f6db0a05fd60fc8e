#include "graph/functional/call.hpp"

#include <weft/core/error.h>

#include <algorithm>

#include "core/names.hpp"
#include "core/shape_text.hpp"
#include "graph/functional/abstract_trace.hpp"
#include "graph/functional/error_context.hpp"
#include "graph/functional/input_spec.hpp"
#include "graph/functional/layer_state.hpp"
#include "graph/functional/weight_objects.hpp"

namespace weft::detail {
namespace {

// {{"query", q}, {"value", v}} as a list in the order of the layer's arguments.
Tensors in_order_of_arguments(const Layer& layer, const Tensors& inputs) {
  if (!inputs.is_dict()) return inputs;
  const std::vector<std::string>& names = LayerAccess::state(layer).arguments;
  const std::vector<std::string> keys = inputs.keys();
  for (const std::string& key : keys) {
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    throw GraphError("The " + describe(layer) + " has no argument '" + key +
                     "'. Expected: some of " + quoted_list(names) + ".");
  }
  std::vector<Tensor> list;
  for (const std::string& name : names) {
    if (std::find(keys.begin(), keys.end(), name) != keys.end()) list.push_back(inputs[name]);
  }
  return list;
}

bool optional_input(const LayerState& s, std::size_t i) {
  return i < s.input_specs.size() && s.input_specs[i].optional;
}

void check_inputs(const Layer& layer, const std::vector<Tensor>& inputs) {
  if (inputs.empty())
    throw GraphError("The " + describe(layer) +
                     " was called without inputs. Expected: at least one tensor.");
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] || optional_input(LayerAccess::state(layer), i)) continue;
    throw GraphError("The " + describe(layer) + " was called with a null Tensor as input " +
                     std::to_string(i) + ". Expected: a tensor.");
  }
}

// A functional tensor inside another layer's `call` would be a hidden input of that layer.
void check_no_functional_inside(const Layer& layer) {
  const CallFrame* frame = current_call();
  if (frame != nullptr && !frame->building) {
    throw GraphError("The " + describe(layer) +
                     " was called on a functional tensor inside the `call` of the " +
                     describe(*frame->layer) +
                     ". Expected: only the tensors that `call` receives; make the functional "
                     "tensor an input of the layer.");
  }
  if (recording().trace() != nullptr) {
    throw GraphError("The " + describe(layer) +
                     " was called on a functional tensor inside traced code. Expected: build the "
                     "model outside, and call it on "
                     "the tensors that the traced function receives.");
  }
}

// Floating inputs take the layer's compute dtype; masks stay with them.
Tensors cast_inputs(const LayerState& s, const Tensors& inputs) {
  std::vector<Tensor> flat = inputs.flat();
  bool changed = false;
  for (Tensor& t : flat) {
    if (!t || !s.compute_dtype.is_floating() || !t.dtype().is_floating() ||
        t.dtype() == s.compute_dtype)
      continue;
    const std::optional<Tensor> mask = keras_mask(t);
    t = t.astype(s.compute_dtype);
    if (mask) t = with_keras_mask(t, mask);
    changed = true;
  }
  return changed ? inputs.with(flat) : inputs;
}

// What build added is taken back when it fails, so that the next call starts from the beginning.
struct BuildGuard {
  LayerState& s;
  std::size_t trainable = s.trainable_variables.size(), other = s.other_variables.size(),
              children = s.children.size(), seeds = s.seeds.size();
  bool done = false;
  ~BuildGuard() {
    if (done) return;
    s.trainable_variables.resize(trainable);
    s.other_variables.resize(other);
    s.children.erase(s.children.begin() + static_cast<std::ptrdiff_t>(children), s.children.end());
    s.seeds.erase(s.seeds.begin() + static_cast<std::ptrdiff_t>(seeds), s.seeds.end());
  }
};

void build_once(Layer& layer, const std::vector<Shape>& shapes) {
  LayerState& s = LayerAccess::state(layer);
  if (s.built) return;
  CallFrame frame{.layer = &layer, .building = true};
  const FrameScope scope(frame);
  const EagerScope eager;
  BuildGuard guard{s};
  try {
    s.build_shapes = shapes;
    LayerAccess::run_build(layer, shapes);
  } catch (const Error& error) {
    rethrow_with_context(error,
                         "building " + describe(layer) + ". Input shapes: " + shapes_text(shapes));
  }
  guard.done = true;
  s.built = true;
}

bool tracks(const Layer& parent, const Layer& layer, bool deep) {
  const auto& children = LayerAccess::state(parent).children;
  for (const Layer::Child& child : children) {
    if (child.layer.base().get() == &layer) return true;
  }
  return deep && std::any_of(children.begin(), children.end(), [&](const Layer::Child& child) {
           return tracks(*child.layer.base(), layer, true);
         });
}

// A sublayer with weights that no layer around it knows would be trained by nobody and saved
// nowhere.
void check_tracked(const Layer& layer) {
  const CallFrame* frame = current_call();
  if (frame == nullptr || frame->building || frame->runs_graph || frame->layer == &layer) return;
  if (tracks(*frame->layer, layer, false) || layer.variables().empty()) return;
  const CallFrame* outer = frame;
  for (; outer != nullptr && !outer->building; outer = outer->parent) {
    if (outer->layer == &layer || tracks(*outer->layer, layer, true)) return;
  }
  throw GraphError("The " + describe(layer) + " has weights and is used in the `call` of the " +
                   describe(*frame->layer) +
                   ", which does not track it: it would be neither trained nor saved. Expected: "
                   "make it in the constructor or "
                   "in `build` with track(\"name\", ...), e.g. `layers::" +
                   layer.class_name() + " a_ = track(\"a\", layers::" + layer.class_name() +
                   "(...));`.");
}

Masks resolve_masks(const Tensors& inputs, const Masks& given) {
  std::vector<std::optional<Tensor>> list = mask_list(given);
  if (list.empty()) {
    for (const Tensor& t : inputs.flat()) list.push_back(t ? keras_mask(t) : std::nullopt);
  }
  const bool any =
      std::any_of(list.begin(), list.end(), [](const auto& mask) { return mask.has_value(); });
  return any ? Masks(list) : Masks();
}

// A layer whose `call` takes no masks finds those that were given explicitly on its inputs, like
// any other.
Tensors carrying_masks(const Layer& layer, const Tensors& inputs, const Masks& masks) {
  if (LayerAccess::takes_context(layer)) return inputs;
  std::vector<Tensor> flat = inputs.flat();
  const std::vector<std::optional<Tensor>> list = mask_list(masks);
  bool changed = false;
  for (std::size_t i = 0; i < std::min(flat.size(), list.size()); ++i) {
    if (!flat[i] || !list[i]) continue;
    const std::optional<Tensor> carried = keras_mask(flat[i]);
    if (carried && &impl(*carried) == &impl(*list[i])) continue;
    flat[i] = with_keras_mask(flat[i], list[i]);
    changed = true;
  }
  return changed ? inputs.with(flat) : inputs;
}

// What `call` sees. As in Keras, a call on several arguments is handed no mask that its inputs only
// carry; its outputs still have it.
CallContext as_seen(const CallContext& context, const CallOptions& options) {
  CallContext seen = context;
  if (options.initial_state.size() != 0 && mask_list(options.mask).empty()) seen.mask = {};
  return seen;
}

Tensors run_call(Layer& layer, const Tensors& given, const CallContext& context,
                 std::optional<bool> training) {
  CallFrame frame{.layer = &layer, .training = training};
  const FrameScope scope(frame);
  const Tensors inputs = carrying_masks(layer, given, context.mask);
  Tensors out;
  try {
    out = LayerAccess::run_call(layer, inputs, context);
  } catch (const Error& error) {
    rethrow_with_context(
        error, "calling " + describe(layer) + ". Input shapes: " + shapes_text(inputs.flat()));
  }
  if (out.size() == 0)
    throw GraphError("The `call` of the " + describe(layer) +
                     " returned no tensor. Expected: at least one.");
  for (const Tensor& t : out.flat()) {
    if (!t) throw GraphError("The `call` of the " + describe(layer) + " returned a null Tensor.");
    if (!is_functional(t)) continue;
    throw GraphError("The `call` of the " + describe(layer) +
                     " returned a functional tensor that it was not given. Expected: "
                     "only tensors made of those that `call` receives.");
  }
  return out;
}

std::vector<TensorSpec> specs_of(const Tensors& tensors) {
  std::vector<TensorSpec> specs;
  for (const Tensor& t : tensors.flat()) specs.push_back({t.shape(), t.dtype()});
  return specs;
}

// Runs `call` for its shapes alone.
Tensors abstract_call(Layer& layer, const Tensors& inputs, const CallContext& context,
                      std::optional<bool> training) {
  AbstractTrace trace;
  const AbstractScope scope(trace);
  const Tensors x = cast_inputs(LayerAccess::state(layer), trace.stand_in(inputs));
  CallContext abstract = context;
  abstract.mask = trace.stand_in(context.mask);
  abstract.initial_state = trace.stand_in(context.initial_state);
  for (const auto& field : call_tensors<CallContext>)
    abstract.*field.place = trace.stand_in(context.*field.place);
  return run_call(layer, x, abstract, training);
}

bool all_masked(const std::vector<Tensor>& outputs) {
  return std::all_of(outputs.begin(), outputs.end(),
                     [](const Tensor& t) { return keras_mask(t).has_value(); });
}

Tensors call_functional(Layer& layer, const Tensors& inputs, const CallOptions& options,
                        const CallContext& context, std::optional<bool> training) {
  const CallContext seen = as_seen(context, options);
  const Tensors shapes = abstract_call(layer, inputs, seen, training);
  CallOptions kept = options;
  if (LayerAccess::takes_context(layer) && LayerAccess::state(layer).arguments.empty())
    kept.mask = seen.mask;
  const auto node = Node::record(handle_of(layer).base(), inputs, kept, specs_of(shapes), shapes);
  const auto masks = mask_list(layer.compute_mask(inputs, context.mask));
  for (int i = 0; i < std::min(node->output_count(), static_cast<int>(masks.size())); ++i) {
    const auto& mask = masks[static_cast<std::size_t>(i)];
    if (mask) node->set_output_mask(i, *mask);
  }
  return node->outputs();
}

void add_activity_losses(const LayerState& s, LayerState& owner,
                         const std::vector<Tensor>& outputs) {
  if (!s.activity_regularizer) return;
  const Trace* trace = recording().trace();
  if (trace != nullptr && trace->abstract()) return;
  for (const Tensor& t : outputs) {
    Tensor loss = penalty(s.activity_regularizer, t);
    if (t.shape().rank() > 0 && t.shape()[0] != 0)
      loss = loss / t.shape()[0];  // 3.15.1: per sample
    owner.losses.push_back(loss);
  }
}

Tensors call_directly(Layer& layer, const Tensors& inputs, const CallOptions& options,
                      const CallContext& context, std::optional<bool> training) {
  LayerState& s = LayerAccess::state(layer);
  const Tensors out = run_call(layer, inputs, as_seen(context, options), training);
  std::vector<Tensor> flat = out.flat();
  add_activity_losses(s, s, flat);
  if (all_masked(flat)) return out;
  const auto masks = mask_list(layer.compute_mask(inputs, context.mask));
  bool changed = false;
  for (std::size_t i = 0; i < std::min(flat.size(), masks.size()); ++i) {
    if (!masks[i] || keras_mask(flat[i])) continue;
    flat[i] = with_keras_mask(flat[i], masks[i]);
    changed = true;
  }
  return changed ? out.with(flat) : out;
}

CallContext context_of(const Tensors& inputs, const CallOptions& options, bool training) {
  CallContext context{.training = training,
                      .mask = resolve_masks(inputs, options.mask),
                      .initial_state = options.initial_state};
  for (std::size_t i = 0; i < std::size(call_tensors<CallOptions>); ++i)
    context.*call_tensors<CallContext>[i].place = options.*call_tensors<CallOptions>[i].place;
  for (std::size_t i = 0; i < std::size(call_flags<CallOptions>); ++i)
    context.*call_flags<CallContext>[i].place = options.*call_flags<CallOptions>[i].place;
  return context;
}

bool has_functional(const Tensors& inputs, const CallOptions& options) {
  if (any_functional(inputs.flat()) || any_functional(options.initial_state.flat())) return true;
  for (const auto& field : call_tensors<CallOptions>) {
    if (is_functional(options.*field.place)) return true;
  }
  const auto masks = mask_list(options.mask);
  return std::any_of(masks.begin(), masks.end(),
                     [](const auto& mask) { return mask && is_functional(*mask); });
}

}  // namespace

std::string describe(const Layer& layer) {
  return "layer '" + layer.name() + "' (" + layer.class_name() + ")";
}

Tensors call_layer(Layer& layer, const Tensors& received, const CallOptions& options) {
  LayerState& s = LayerAccess::state(layer);
  const Tensors given = s.arguments.empty() ? received : in_order_of_arguments(layer, received);
  check_inputs(layer, given.flat());
  const bool functional = has_functional(given, options);
  if (functional) check_no_functional_inside(layer);
  const Tensors inputs = functional ? given : cast_inputs(s, given);
  check_input_specs(s.input_specs, inputs, layer.name());
  if (!s.built) {
    build_once(layer, shapes_of(inputs.flat()));
    check_input_specs(s.input_specs, inputs, layer.name());
  }
  check_tracked(layer);
  const std::optional<bool> training = options.training ? options.training : inherited_training();
  const CallContext context = context_of(inputs, options, training.value_or(false));
  if (functional) return call_functional(layer, inputs, options, context, training);
  if (current_call() == nullptr) LayerAccess::clear_losses(layer);
  return call_directly(layer, inputs, options, context, training);
}

void build_layer(Layer& layer, const std::vector<Shape>& shapes) {
  if (LayerAccess::state(layer).built) return;
  build_once(layer, shapes);
  if (LayerAccess::has_build(layer)) return;
  std::vector<TensorSpec> specs;
  for (const Shape& shape : shapes) specs.push_back({shape, layer.compute_dtype()});
  compute_output_specs(layer, specs);
}

std::vector<TensorSpec> compute_output_specs(Layer& layer, const std::vector<TensorSpec>& inputs) {
  std::vector<Shape> shapes;
  for (const TensorSpec& spec : inputs) shapes.push_back(spec.shape);
  build_once(layer, shapes);
  AbstractTrace trace;
  const AbstractScope scope(trace);
  std::vector<Tensor> symbols;
  for (const TensorSpec& spec : inputs) symbols.push_back(trace.symbol(spec));
  const Tensors x = symbols.size() == 1 ? Tensors(symbols[0]) : Tensors(symbols);
  check_input_specs(LayerAccess::state(layer).input_specs, x, layer.name());
  return specs_of(run_call(layer, cast_inputs(LayerAccess::state(layer), x), {}, std::nullopt));
}

}  // namespace weft::detail
