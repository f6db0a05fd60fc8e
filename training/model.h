// Model: a graph of layers (or a subclassed model) with Keras's training loop.
#pragma once
#include <weft/graph/functional/summary.h>
#include <weft/training/fit_options.h>
#include <weft/training/history.h>
#include <weft/training/model_layer.h>
#include <weft/training/reports.h>
#include <weft/training/saving/options.h>

namespace weft {

/// A handle to a model: copies share it. Null until assigned. Final for users: deriving from it
/// would slice; derive from ModelLayer instead.
class Model {
 public:
  Model() = default;
  /// The graph of layers between functional inputs and outputs. Throws GraphError when an output is
  /// not connected, a name occurs twice, or something is not a functional tensor.
  Model(const Tensors& inputs, const Tensors& outputs, ModelOptions options = {});
  template <std::derived_from<ModelLayer> T>
  explicit Model(const LayerRef<T>& own) : layer_(own) {}
  /// The library's: a handle to an existing model.
  explicit Model(const std::shared_ptr<ModelLayer>& layer);
  static Model from_config(const Config& config, const CustomObjects& custom_objects = {});
  Config get_config() const;

  std::string name() const;
  /// Runs the model on concrete or traced tensors; on functional ones it adds a node, as a layer.
  Tensors operator()(const Tensors& x, CallOptions options = {}) const;
  /// What fit and evaluate shall do; may be called again.
  void compile(CompileOptions options = {});
  /// Trains. Throws GraphError before compile, ShapeError when data do not fit the model or each
  /// other, Error when empty.
  History fit(const Tensors& x, const Tensors& y, FitOptions options = {});
  History fit(const Tensors& x, FitOptions options = {});  ///< for a train_step that needs no y
  History fit(const Dataset& data, FitOptions options = {});
  /// The loss first, then the metrics.
  Logs evaluate(const Tensors& x, const Tensors& y, EvaluateOptions options = {});
  Logs evaluate(const Dataset& data, EvaluateOptions options = {});
  /// The outputs for all samples, in the structure of the model's outputs. Several threads may call
  /// it at once.
  Tensors predict(const Tensors& x, PredictOptions options = {});
  Tensors predict(const Dataset& data, PredictOptions options = {});
  /// One batch; metrics are reset before.
  Logs train_on_batch(const Tensors& x, const Tensors& y, const Tensors& sample_weight = {});
  Logs test_on_batch(const Tensors& x, const Tensors& y, const Tensors& sample_weight = {});

  /// Prints Keras's table.
  void summary(SummaryOptions options = {}) const;
  /// Writes a .keras file, atomically. Throws FileError.
  void save(const std::string& path, SaveOptions options = {}) const;

  OptimizerRef optimizer() const;
  std::vector<Ref<Metric>> metrics() const;
  void stop_training();
  /// What fit returned last, or has so far: also after a callback threw.
  History history() const;
  bool compiled() const;

  std::vector<Variable> weights() const;
  std::vector<Variable> trainable_weights() const;
  std::vector<Variable> non_trainable_weights() const;
  std::vector<Tensor> get_weights() const;
  void set_weights(const std::vector<Tensor>& values);
  std::int64_t count_params() const;
  /// In Keras's order; without ops, a Sequential's without its InputLayer.
  std::vector<AnyLayer> layers() const;
  /// By name; throws GraphError naming those that there are.
  AnyLayer get_layer(std::string_view name) const;
  Tensors input() const;
  Tensors output() const;
  void set_trainable(bool value);

  /// Where the time of a step goes: runs `steps` training steps (compiled) or forward passes on
  /// made-up data of the batch size, prints time and bytes per op and layer, and writes a Chrome
  /// trace when a path is given. The weights stay as they were.
  std::string profile(ProfileOptions options = {});
  /// What a device needs, before the first step: weights, optimizer slots, activations and
  /// workspace of a training step.
  MemoryReport memory_report(MemoryReportOptions options = {});
  /// The plan of the latest training step (or prediction) as text, or as Graphviz DOT.
  std::string dump_plan(bool dot = false) const;

  operator AnyLayer() const {
    return layer_;
  }  // NOLINT: a Model is a layer: usable wherever AnyLayer is
  std::shared_ptr<Layer> base() const { return layer_.base(); }
  explicit operator bool() const { return static_cast<bool>(layer_); }
  /// The user's class: model.as<MLP>()->encoder(). Throws when it is of another class.
  template <class T>
  LayerRef<T> as() const {
    return layer_.as<T>();
  }

 private:
  ModelLayer& get() const;
  AnyLayer layer_;
};

/// model<MLP>(arguments of MLP's constructor ...).
template <std::derived_from<ModelLayer> T, class... A>
Model model(A&&... a) {
  return Model(layer<T>(std::forward<A>(a)...));
}
template <std::derived_from<ModelLayer> T>
Model model(LayerOptions o) {
  return Model(layer<T>(std::move(o)));
}

}  // namespace weft
