// Loss: what training makes small.
#pragma once
#include <weft/core/keras_object.h>
#include <weft/core/ref.h>
#include <weft/core/tensor.h>

namespace weft {

/// What every loss can be told; Keras's `keras.Loss(name, reduction, dtype)`.
struct LossOptions {
  std::string name = {};  ///< empty: the class's name in snake case, numbered
  /// How the losses of single samples become one number: "sum_over_batch_size" or "mean" (sum /
  /// number of losses), "sum", "mean_with_sample_weight" (sum / sum of weights), "none" (they stay
  /// as they are).
  std::string reduction = "sum_over_batch_size";
  DType dtype = {};  ///< undefined: floatx()
};

/// Base of losses. A loss of one's own overrides `call`:
///   class OwnLoss : public Loss {
///     Tensor call(const Tensor& y_true, const Tensor& y_pred) override { return
///     ops::mean(ops::square(y_true - y_pred), {.axis = -1}); }
///   };
///   model.compile({.loss = std::make_shared<OwnLoss>()});
/// Override class_name() and get_config() too when models that are compiled with it are to be
/// saved.
class Loss : public KerasObject {
 public:
  /// Throws Error when the reduction is not one of those above.
  explicit Loss(LossOptions options = {});
  ~Loss() override;

  /// The loss of each sample: y_true `[N, ...]`, y_pred `[N, ..., C]` -> `[N, ...]`. No reduction
  /// over samples.
  virtual Tensor call(const Tensor& y_true, const Tensor& y_pred) = 0;

  /// The reduced loss: a scalar, or with reduction "none" the loss of each sample. y_true and
  /// y_pred are converted to dtype(). sample_weight `[N]` (or of any shape that broadcasts to the
  /// losses') multiplies the losses. A mask that y_pred carries takes part: masked places have
  /// weight 0, the others total/valid, so that the mean is over valid places. Throws ShapeError,
  /// naming the loss, when shapes do not fit.
  Tensor operator()(const Tensor& y_true, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight = {});

  std::string name() const;
  void set_name(std::string name) { name_ = std::move(name); }
  std::string reduction() const { return reduction_; }
  DType dtype() const;
  /// {"name", "reduction"}.
  Config get_config() const override;

 protected:
  /// Whether y_true reaches `call` as it was given. False for most: it is converted to dtype().
  /// Class numbers need not be.
  virtual bool keeps_labels() const { return false; }

 private:
  mutable std::string name_;
  std::string reduction_;
  DType dtype_;
};

/// Shared ownership of a loss; callable: `loss_fn(y_true, y_pred)`. The handles in namespace losses
/// are LossRefs.
struct LossRef : Ref<Loss> {
  using Ref::Ref;
  LossRef() = default;
  LossRef(const Ref<Loss>& loss) : Ref(loss) {}
  /// See Loss::operator(). Throws Error on a null handle.
  Tensor operator()(const Tensor& y_true, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight = {}) const;
};

namespace losses {

/// What all losses of this namespace can be told, in Keras's order.
struct Options {
  std::string reduction = "sum_over_batch_size";
  std::string name = {};  ///< empty: the loss's own, "mean_squared_error"
  DType dtype = {};
};

/// The loss of an identifier: a class name, its snake case, or a short form (mse, mae, mape, msle,
/// bce, kld); throws Error naming those that there are.
LossRef get(std::string_view identifier);
/// What serialize() wrote, or an identifier; null gives a null handle.
LossRef deserialize(const ConfigValue& config);

}  // namespace losses
}  // namespace weft
