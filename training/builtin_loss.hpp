// What Keras's own losses share: class name, module, configuration, alike shapes.
#pragma once
#include <weft/core/error.h>
#include <weft/core/settings.h>
#include <weft/ops.h>

#include "training/loss_reduction.hpp"
#include "training/registries.hpp"

namespace weft::detail {

class BuiltinLoss : public Loss {
 public:
  /// O has the fields of losses::Options. `default_name` is the name in logs and files.
  template <class O>
  BuiltinLoss(const char* keras_class, const char* default_name, const O& o)
      : Loss({o.name.empty() ? default_name : o.name, o.reduction, o.dtype}), class_(keras_class) {}
  std::string class_name() const override { return class_; }
  std::string module() const override { return "keras.losses"; }
  Tensor call(const Tensor& y_true, const Tensor& y_pred) final {
    const auto [t, p] = squeeze_or_expand_to_same_rank(y_true, y_pred);
    return compute(t, p);
  }

 protected:
  virtual Tensor compute(const Tensor& y_true, const Tensor& y_pred) = 0;

 private:
  const char* class_;
};

using LossFunction = Tensor (*)(const Tensor&, const Tensor&);

/// A loss that has no arguments but the common ones.
class PlainLoss final : public BuiltinLoss {
 public:
  PlainLoss(const char* keras_class, const char* default_name, LossFunction function,
            const losses::Options& o)
      : BuiltinLoss(keras_class, default_name, o), function_(function) {}

 protected:
  Tensor compute(const Tensor& y_true, const Tensor& y_pred) override {
    return function_(y_true, y_pred);
  }

 private:
  LossFunction function_;
};

/// Reads the fields that all losses have.
template <class O>
O common_loss_options(const Config& c) {
  O o;
  o.reduction = c.contains("reduction") ? text_or(c, "reduction", "none") : o.reduction;
  o.name = text_or(c, "name", "");
  if (c.contains("dtype")) o.dtype = dtype_or_policy(c["dtype"]);
  return o;
}

/// Registers a class whose handle H is made from options O that `read` takes out of a
/// configuration.
template <class H, class O>
void register_loss(const char* keras_class, O (*read)(const Config&),
                   const std::vector<std::string>& aliases = {}) {
  registry<Loss>().add(
      keras_class, [read](const Config& c) -> Ref<Loss> { return H(read(c)); }, aliases);
}
template <class H>
void register_plain_loss(const char* keras_class, const std::vector<std::string>& aliases = {}) {
  register_loss<H, losses::Options>(keras_class, common_loss_options<losses::Options>, aliases);
}

/// y_true in y_pred's dtype, and both in the same rank: how Keras's loss functions begin.
std::pair<Tensor, Tensor> alike(const Tensor& y_true, const Tensor& y_pred);

/// Throws ShapeError unless both have the same shape.
void check_same_shape(const char* what, const Tensor& y_true, const Tensor& y_pred);

/// Throws Error unless label_smoothing is in [0, 1].
void check_label_smoothing(const char* what, double label_smoothing);

}  // namespace weft::detail
