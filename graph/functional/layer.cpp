#include <weft/core/error.h>
#include <weft/core/log.h>
#include <weft/core/settings.h>

#include <algorithm>
#include <utility>

#include "core/access.hpp"
#include "core/structure_version.hpp"
#include "graph/functional/call.hpp"
#include "graph/functional/input_layer.hpp"
#include "graph/functional/layer_state.hpp"
#include "graph/functional/weight_objects.hpp"

namespace weft {

using detail::LayerAccess;
using detail::LayerState;

namespace {

std::unique_ptr<LayerState> make_state(LayerOptions&& options) {
  if (options.name.find('/') != std::string::npos) {
    throw GraphError("The `name` of a layer cannot contain the character `/`. Received: name='" +
                     options.name + "'");
  }
  auto s = std::make_unique<LayerState>();
  s->given_name = std::move(options.name);
  s->dtype = options.dtype == DType::undefined ? floatx() : options.dtype;
  s->compute_dtype = s->dtype;
  s->dtype_policy = s->dtype.name();
  s->trainable = options.trainable;
  s->input_shape = options.input_shape;
  return s;
}

}  // namespace

Layer::Layer(LayerOptions options) : state_(make_state(std::move(options))) {}
Layer::Layer(LayerOptions options, const char* keras_class, const char* module)
    : Layer(std::move(options)) {
  state_->keras_class = keras_class;
  state_->module = module;
}
Layer::~Layer() = default;

// Built-in classes are called <Keras's name>Layer in C++; a class that a user derives from one is
// the user's.
static bool is_built_in(const Layer& layer, const std::string& registered) {
  const std::string& keras = LayerAccess::state(layer).keras_class;
  return !keras.empty() && (registered == keras || registered == keras + "Layer");
}

std::string Layer::class_name() const {
  const std::string registered(registered_name_());
  if (is_built_in(*this, registered)) return state_->keras_class;
  return registered.substr(registered.rfind('>') + 1);  // "package>Class"
}

std::string Layer::module() const {
  return is_built_in(*this, std::string(registered_name_())) ? state_->module : std::string();
}

std::string Layer::registered_name() const {
  const std::string registered(registered_name_());
  return is_built_in(*this, registered) ? std::string() : registered;
}

bool Layer::has_build_() const { return false; }
bool Layer::takes_context_() const { return true; }

Config Layer::get_config() const {
  Config out;
  out.set("name", name()).set("trainable", state_->trainable);
  out.set("dtype", Config{{"module", "keras"},
                          {"class_name", "DTypePolicy"},
                          {"config", Config{{"name", state_->dtype_policy}}},
                          {"registered_name", nullptr}});
  if (state_->activity_regularizer)
    out.set("activity_regularizer", detail::regularizer_config(state_->activity_regularizer));
  return out;
}

Config Layer::get_build_config() const {
  if (!state_->built || !has_build_() || state_->build_shapes.empty()) return {};
  if (state_->build_shapes.size() == 1) return {{"input_shape", state_->build_shapes[0]}};
  return {{"input_shape", state_->build_shapes}};
}

Masks Layer::compute_mask(const Tensors&, const Masks& masks) {
  if (supports_masking || masks.size() == 0) return masks;
  if (std::exchange(state_->warned_of_mask, true)) return {};
  detail::log(LogLevel::warning, "The " + detail::describe(*this) +
                                     " was passed an input with a mask attached to it. However, "
                                     "this layer does not support masking "
                                     "and will therefore destroy the mask information. Downstream "
                                     "layers will not see the mask.");
  return {};
}

bool Layer::trainable() const { return state_->trainable; }
bool Layer::built() const { return state_->built; }
DType Layer::dtype() const { return state_->dtype; }
DType Layer::compute_dtype() const { return state_->compute_dtype; }

void Layer::set_trainable(bool value) {
  detail::bump_structure_version();  // also for a layer without trainable weights
  state_->trainable = value;
  for (Variable& v : state_->trainable_variables) v.set_trainable(value);
  for (const Child& child : state_->children) child.layer->set_trainable(value);
}

std::vector<Layer::Child> Layer::children() const { return state_->children; }

static Tensors first_node_of(const Layer& layer, bool output) {
  // An InputLayer can make its only tensor again.
  if (output && dynamic_cast<const detail::InputLayer*>(&layer) != nullptr) {
    return detail::input_tensor(detail::handle_of(const_cast<Layer&>(layer)));
  }
  const auto& nodes = detail::OperationAccess::nodes(layer);
  const char* what = output ? "output" : "input";
  if (nodes.empty()) {
    throw GraphError("The " + detail::describe(layer) +
                     " has never been called on a functional tensor and thus has no defined " +
                     what + ".");
  }
  const auto node = nodes[0].lock();
  if (node == nullptr) {
    throw GraphError("The " + std::string(what) + " of the " + detail::describe(layer) +
                     " has gone: a layer does not keep the tensors of its calls. Expected: the "
                     "tensor, or a Model made of it, is "
                     "still alive.");
  }
  return output ? node->outputs() : node->args();
}

Tensors Layer::input() const { return first_node_of(*this, false); }
Tensors Layer::output() const { return first_node_of(*this, true); }

void Layer::set_input_spec(InputSpec spec) { state_->input_specs = {std::move(spec)}; }
void Layer::set_input_spec(std::vector<InputSpec> specs) { state_->input_specs = std::move(specs); }
void Layer::set_activity_regularizer(const Arg<Regularizer>& regularizer) {
  state_->activity_regularizer = regularizer ? regularizer.get() : Ref<Regularizer>();
}

static void check_unlocked(const Layer& layer, const std::string& what) {
  if (!layer.built()) return;
  throw GraphError(
      "You cannot add new elements of state (variables or sub-layers) to a layer that is already "
      "built. All state "
      "must be created in the constructor or in `build`. Received: " +
      what + " for the " + detail::describe(layer));
}

void Layer::track_(std::string_view attribute, std::shared_ptr<Layer> child) {
  const std::string name(attribute);
  if (child == nullptr) {
    throw GraphError("track(\"" + name +
                     "\", ...): the handle is null. Expected: a layer, e.g. layers::Dense(10).");
  }
  check_unlocked(*this, "track(\"" + name + "\", ...)");
  for (const Child& known : state_->children) {
    if (known.attribute != name) continue;
    throw GraphError(
        "track(\"" + name +
        "\", ...): a sublayer is already tracked under this name. Expected: distinct names.");
  }
  state_->children.push_back({name, AnyLayer(std::move(child))});
}

void Layer::set_children_(std::vector<Child> children) { state_->children = std::move(children); }

namespace detail {

void LayerAccess::rename(Layer& layer, const std::string& name) {
  const std::string before = layer.name();
  OperationAccess::set_name(layer, name);
  if (before == name) return;
  // Weights made in the constructor have no layer's name yet, others the old one: name/weight or
  // scope/name/weight.
  const auto renamed = [&](const std::string& path) {
    if (before.empty()) return name + "/" + path;
    const auto at = path.rfind(before + "/");
    if (at == std::string::npos) return path;
    return path.substr(0, at) + name + path.substr(at + before.size());
  };
  for (const Variable& v : before.empty() ? layer.own_variables() : layer.variables())
    impl(v).path = renamed(impl(v).path);
}

void LayerAccess::set_dtype_policy(Layer& layer, const std::string& policy) {
  LayerState& s = state(layer);
  const std::string mixed = "mixed_";
  const bool is_mixed = policy.rfind(mixed, 0) == 0;
  s.compute_dtype = DType(is_mixed ? policy.substr(mixed.size()) : policy);
  s.dtype = is_mixed ? DType(DType::float32) : s.compute_dtype;
  s.dtype_policy = policy;
}

}  // namespace detail
}  // namespace weft
