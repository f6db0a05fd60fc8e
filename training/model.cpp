#include <weft/core/error.h>
#include <weft/training/model.h>

#include "core/access.hpp"
#include "graph/functional/call.hpp"
#include "graph/functional/layer_registry.hpp"
#include "training/fit_loop.hpp"
#include "training/functional_layer.hpp"
#include "training/model_parts.hpp"
#include "training/model_state.hpp"
#include "training/saving/model_config.hpp"
#include "training/saving/saving.hpp"
#include "training/summary.hpp"

namespace weft {

using detail::ModelAccess;

namespace {

std::shared_ptr<ModelLayer> shared(const AnyLayer& layer) {
  return std::static_pointer_cast<ModelLayer>(layer.base());
}

const Dataset& dataset_of(const std::shared_ptr<void>& state) {
  return *static_cast<const Dataset*>(state.get());
}

}  // namespace

ValidationData::ValidationData(const Dataset& data) { state = std::make_shared<Dataset>(data); }
ValidationData::ValidationData(const Tensors& x, const Tensors& y, const Tensors& sample_weight)
    : ValidationData(Dataset::from_tensors(x, y, sample_weight)) {}
const Dataset& ValidationData::dataset() const { return dataset_of(state); }

Model::Model(const Tensors& inputs, const Tensors& outputs, ModelOptions options) {
  LayerOptions layer_options;
  layer_options.name = options.name;
  layer_ = AnyLayer::adopt(new detail::FunctionalLayer(inputs, outputs, std::move(layer_options)));
  if (!options.trainable) layer_->set_trainable(false);
}

Model::Model(const std::shared_ptr<ModelLayer>& layer) : layer_(std::shared_ptr<Layer>(layer)) {}

ModelLayer& Model::get() const {
  auto* model = static_cast<ModelLayer*>(layer_.base().get());
  if (model == nullptr)
    throw GraphError("A null Model was used. Expected: a model, assigned before it is used.");
  return *model;
}

std::string Model::name() const { return get().name(); }
Config Model::get_config() const { return get().get_config(); }

Model Model::from_config(const Config& config, const CustomObjects& custom_objects) {
  return detail::model_from_config(config, custom_objects);
}

Tensors Model::operator()(const Tensors& x, CallOptions options) const {
  return detail::call_layer(get(), x, options);
}
void Model::compile(CompileOptions options) { detail::compile_model(get(), std::move(options)); }

History Model::fit(const Tensors& x, const Tensors& y, FitOptions options) {
  detail::require_compiled(get(), "fit()");
  return detail::fit_model(shared(layer_), Dataset::from_tensors(x, y, options.sample_weight),
                           options);
}
History Model::fit(const Tensors& x, FitOptions options) {
  return fit(x, Tensors(), std::move(options));
}
namespace {

void refuse_weights_beside(const char* what, const Tensors& sample_weight) {
  if (sample_weight.size() == 0) return;
  throw Error(std::string(what) +
              ": `sample_weight` cannot be given beside a Dataset. Expected: "
              "Dataset::from_tensors(x, y, sample_weight).");
}

}  // namespace

History Model::fit(const Dataset& data, FitOptions options) {
  get();
  refuse_weights_beside("fit", options.sample_weight);
  return detail::fit_model(shared(layer_), data, options);
}

Logs Model::evaluate(const Tensors& x, const Tensors& y, EvaluateOptions options) {
  detail::require_compiled(get(), "evaluate()");
  return detail::evaluate_model(shared(layer_), Dataset::from_tensors(x, y, options.sample_weight),
                                options);
}
Logs Model::evaluate(const Dataset& data, EvaluateOptions options) {
  get();
  refuse_weights_beside("evaluate", options.sample_weight);
  return detail::evaluate_model(shared(layer_), data, options);
}

Tensors Model::predict(const Tensors& x, PredictOptions options) {
  return predict(Dataset::from_tensors(x), std::move(options));
}
Tensors Model::predict(const Dataset& data, PredictOptions options) {
  get();
  return detail::predict_model(shared(layer_), data, options);
}

Logs Model::train_on_batch(const Tensors& x, const Tensors& y, const Tensors& sample_weight) {
  detail::require_compiled(get(), "train_on_batch()");
  detail::reset_metrics(get());
  const trace::CallStructure structure({x, y, sample_weight});
  detail::StepRunner runner(get(), detail::StepKind::train, structure);
  const std::vector<Tensor>& results = runner.run(structure.flatten({x, y, sample_weight}));
  return detail::settled_logs(runner.names(), results);
}

Logs Model::test_on_batch(const Tensors& x, const Tensors& y, const Tensors& sample_weight) {
  detail::require_compiled(get(), "test_on_batch()");
  detail::reset_metrics(get());
  const trace::CallStructure structure({x, y, sample_weight});
  detail::StepRunner runner(get(), detail::StepKind::test, structure);
  const std::vector<Tensor>& results = runner.run(structure.flatten({x, y, sample_weight}));
  return detail::settled_logs(runner.names(), results);
}

void Model::summary(SummaryOptions options) const { detail::print_summary(get(), options); }
void Model::save(const std::string& path, SaveOptions options) const {
  detail::save_model(get(), path, options);
}

OptimizerRef Model::optimizer() const { return get().optimizer(); }
std::vector<Ref<Metric>> Model::metrics() const { return get().metrics(); }
void Model::stop_training() { get().stop_training(); }
History Model::history() const { return ModelAccess::state(get()).history; }
bool Model::compiled() const { return ModelAccess::state(get()).compiled; }

std::vector<Variable> Model::weights() const { return get().weights(); }
std::vector<Variable> Model::trainable_weights() const { return get().trainable_weights(); }
std::vector<Variable> Model::non_trainable_weights() const { return get().non_trainable_weights(); }
std::vector<Tensor> Model::get_weights() const { return get().get_weights(); }
void Model::set_weights(const std::vector<Tensor>& values) { get().set_weights(values); }
std::int64_t Model::count_params() const { return get().count_params(); }
void Model::set_trainable(bool value) { get().set_trainable(value); }

std::vector<AnyLayer> Model::layers() const { return detail::model_layers(get()); }

AnyLayer Model::get_layer(std::string_view name) const {
  std::string names;
  for (const AnyLayer& layer : layers()) {
    if (layer->name() == name) return layer;
    names += (names.empty() ? "'" : ", '") + layer->name() + "'";
  }
  throw GraphError("No such layer: " + std::string(name) + ". Existing layers are: [" + names +
                   "].");
}

Tensors Model::input() const {
  const detail::LayerGraph* graph = detail::model_graph(get());
  return graph != nullptr ? graph->inputs() : get().input();
}
Tensors Model::output() const {
  const detail::LayerGraph* graph = detail::model_graph(get());
  return graph != nullptr ? graph->outputs() : get().output();
}

std::string Model::dump_plan(bool dot) const {
  const auto step = ModelAccess::state(get()).latest.lock();
  if (!step)
    throw GraphError("Model '" + name() +
                     "' has no plan yet. Expected: a call of fit, evaluate or predict first.");
  return dot ? step->dot() : step->dump();
}

namespace detail {

std::vector<std::string> output_names_of(const ModelLayer& model, const Tensors& y_pred) {
  if (const LayerGraph* graph = model_graph(model)) return graph->output_names();
  if (y_pred.is_dict()) return y_pred.keys();
  std::vector<std::string> names;
  for (int i = 0; i < y_pred.size(); ++i) names.push_back("output_" + std::to_string(i + 1));
  return names;
}

}  // namespace detail
}  // namespace weft
