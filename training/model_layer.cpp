#include <weft/core/error.h>
#include <weft/core/log.h>
#include <weft/core/ops/full.h>
#include <weft/graph/trace/tape.h>
#include <weft/training/model_layer.h>

#include "core/access.hpp"
#include "core/default_backend.hpp"
#include "graph/functional/call.hpp"
#include "graph/functional/layer_state.hpp"
#include "training/compile_args_access.hpp"
#include "training/model_parts.hpp"
#include "training/model_state.hpp"

namespace weft {

using detail::ModelState;

ModelLayer::ModelLayer(LayerOptions options)
    : Layer(std::move(options)), model_(std::make_unique<ModelState>()) {}
ModelLayer::ModelLayer(LayerOptions options, const char* keras_class, const char* module)
    : Layer(std::move(options), keras_class, module), model_(std::make_unique<ModelState>()) {}
ModelLayer::~ModelLayer() = default;

Tensors ModelLayer::operator()(const Tensors& x, CallOptions options) {
  return detail::call_layer(*this, x, options);
}

namespace {

Tensor batch_size_of(const Tensors& x) {
  const std::vector<Tensor> flat = x.flat();
  const std::int64_t rows = flat.empty() || flat[0].shape().rank() == 0
                                ? 1
                                : static_cast<std::int64_t>(flat[0].shape()[0]);
  return Tensor(static_cast<float>(rows));
}

// The epoch's loss is the mean of the batches' losses, weighted by their sizes.
void track_loss(ModelState& state, const Tensor& loss, const Tensors& x) {
  if (!state.loss_tracker) return;
  state.loss_tracker->update_state(loss, batch_size_of(x));
  state.tracked = true;
}

}  // namespace

Logs ModelLayer::train_step(const Tensors& x, const Tensors& y, const Tensors& sample_weight) {
  Tensors y_pred;
  {
    GradientTape tape;
    y_pred = (*this)(x, {.training = true});
    Tensor loss = compute_loss(x, y, y_pred, sample_weight, true);
    track_loss(*model_, loss, x);
    const std::vector<Variable> weights = trainable_weights();
    if (weights.empty()) {
      detail::log(LogLevel::warning, "The model does not have any trainable weights.");
    } else {
      loss = model_->optimizer->scale_loss(loss);
      const std::vector<Tensor> gradients = tape.gradient(loss, weights);
      tape.stop_recording();
      model_->optimizer->apply(gradients, weights);
    }
  }
  return compute_metrics(x, y, y_pred, sample_weight);
}

Logs ModelLayer::test_step(const Tensors& x, const Tensors& y, const Tensors& sample_weight) {
  const Tensors y_pred = (*this)(x, {.training = false});
  track_loss(*model_, compute_loss(x, y, y_pred, sample_weight, false), x);
  return compute_metrics(x, y, y_pred, sample_weight);
}

Tensors ModelLayer::predict_step(const Tensors& x) { return (*this)(x, {.training = false}); }

Tensor ModelLayer::compute_loss(const Tensors&, const Tensors& y, const Tensors& y_pred,
                                const Tensors& sample_weight, bool) {
  Tensor total;
  if (model_->loss) {
    model_->loss->set_output_names(detail::output_names_of(*this, y_pred));
    total = (*model_->loss)(y, y_pred, sample_weight);
  }
  for (const Tensor& extra : losses()) total = total ? total + extra : extra;
  if (!total) {
    throw GraphError("Model '" + name() +
                     "': no loss to compute. Provide a `loss` argument in `compile()`. Expected: a "
                     "loss, add_loss in a "
                     "layer's `call`, or a regularizer.");
  }
  model_->step_loss = total;
  return total;
}

Logs ModelLayer::compute_metrics(const Tensors& x, const Tensors& y, const Tensors& y_pred,
                                 const Tensors& sample_weight) {
  ModelState& state = *model_;
  // A train_step of one's own need not know the tracker.
  if (!state.tracked && state.step_loss) track_loss(state, state.step_loss, x);
  Logs logs;
  if (state.loss_tracker && state.tracked) logs.set("loss", state.loss_tracker->result());
  if (state.metrics) {
    state.metrics->set_output_names(detail::output_names_of(*this, y_pred));
    state.metrics->update_state(y, y_pred, sample_weight);
    for (const Named<Tensor>& one : state.metrics->results()) logs.set(one.name, one.value);
  }
  if (state.loss) {
    for (const Named<Tensor>& one : state.loss->results()) logs.set(one.name, one.value);
  }
  return logs;
}

OptimizerRef ModelLayer::optimizer() const {
  detail::require_compiled(*this, "optimizer()");
  return model_->optimizer;
}

std::vector<Ref<Metric>> ModelLayer::metrics() const {
  if (!model_->metrics) return {};
  return model_->metrics->metrics();
}

Config ModelLayer::get_build_config() const {
  const std::vector<Shape>& shapes = detail::LayerAccess::state(*this).build_shapes;
  if (shapes.empty()) return {};
  if (shapes.size() == 1) return {{"input_shape", shapes[0]}};
  return {{"input_shape", shapes}};
}

void ModelLayer::stop_training() { model_->stop_training = true; }

namespace detail {

void require_compiled(const ModelLayer& model, const char* what) {
  if (ModelAccess::state(model).compiled) return;
  throw GraphError("Model '" + model.name() + "': you must call `compile()` before using `" + what +
                   "`. Expected: model.compile({.optimizer = ..., .loss = ...}).");
}

void compile_model(ModelLayer& model, CompileOptions options) {
  const DeviceScope where_it_is(device_of(model));
  ModelState& state = ModelAccess::state(model);
  // Everything that can be wrong is found before anything of the model changes.
  const OptimizerRef optimizer = resolve_optimizer(options.optimizer);
  auto loss = make_compile_loss(options.loss, options.loss_weights);
  auto metrics = make_compile_metrics(options.metrics, options.weighted_metrics);
  const std::lock_guard lock(state.mutex);
  state.optimizer = optimizer;
  state.loss = std::move(loss);
  state.metrics = std::move(metrics);
  state.loss_tracker = make_loss_tracker();
  state.options = std::move(options);
  state.compiled = true;
  state.train = {};
  state.test = {};
  state.predict = {};
}

}  // namespace detail
}  // namespace weft
