// ModelLayer: the base of models, and of subclassed models of one's own.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/training/logs.h>
#include <weft/training/metric.h>
#include <weft/training/optimizer.h>

namespace weft {

namespace detail {
struct ModelState;
struct ModelAccess;  // the library's way in; training/model_state.hpp
}  // namespace detail

/// Keras's `class MLP(keras.Model)`:
///   class MLP : public ModelLayer {
///    public:
///     Tensor call(const Tensor& x) { return b_(a_(x)); }
///    private:
///     layers::Dense a_ = track("a", layers::Dense(64, {.activation = "relu"}));
///     layers::Dense b_ = track("b", layers::Dense(10));
///   };
///   Model mlp = weft::model<MLP>();
/// A step gets one batch in the structure that was given to fit; y and sample_weight are empty
/// (size() == 0) when there are none. It is ordinary code, traced once per distinct shapes and
/// replayed as a plan, unless run_eagerly; what it returns becomes the logs.
class ModelLayer : public Layer {
 public:
  explicit ModelLayer(LayerOptions options = {});
  ~ModelLayer() override;

  /// Forward, loss, gradients, update, metrics.
  virtual Logs train_step(const Tensors& x, const Tensors& y, const Tensors& sample_weight);
  /// Forward, loss, metrics.
  virtual Logs test_step(const Tensors& x, const Tensors& y, const Tensors& sample_weight);
  virtual Tensors predict_step(const Tensors& x);
  /// The scalar to minimise: the compiled losses, add_loss and the regularizers' penalties.
  virtual Tensor compute_loss(const Tensors& x, const Tensors& y, const Tensors& y_pred,
                              const Tensors& sample_weight, bool training = true);
  /// Updates the compiled metrics and returns all results, the loss first.
  virtual Logs compute_metrics(const Tensors& x, const Tensors& y, const Tensors& y_pred,
                               const Tensors& sample_weight);

  /// As compiled; throws GraphError before compile.
  OptimizerRef optimizer() const;
  /// The compiled metrics, without the trackers of the losses.
  std::vector<Ref<Metric>> metrics() const;
  /// {"input_shape": [...]} once built, whether the class has a `build` or not.
  Config get_build_config() const override;
  /// fit ends after the batch at work.
  void stop_training();

 protected:
  ModelLayer(LayerOptions options, const char* keras_class, const char* module);
  /// Keras's self(x, training=True).
  Tensors operator()(const Tensors& x, CallOptions options = {});

 private:
  friend struct detail::ModelAccess;
  std::unique_ptr<detail::ModelState> model_;
};

}  // namespace weft
