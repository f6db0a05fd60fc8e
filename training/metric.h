// Metric: what is measured while a model is trained or evaluated.
#pragma once
#include <weft/core/keras_object.h>
#include <weft/core/ref.h>
#include <weft/core/tensor.h>
#include <weft/core/variable.h>

namespace weft {

/// What every metric can be told; Keras's `keras.metrics.Metric(dtype, name)`.
struct MetricOptions {
  DType dtype = {};       ///< undefined: floatx()
  std::string name = {};  ///< empty: the class's name in snake case, numbered
};

/// A variable of a metric, in Keras's argument order.
struct MetricVariableOptions {
  Shape shape = {};
  Arg<Initializer> initializer = {};  ///< none: zeros
  DType dtype = {};                   ///< undefined: the metric's
  std::string name = {};
};

/// Base of metrics: state that update_state adds to, batch by batch, and result reads. It is kept
/// in variables, so that it stays on the device and in the plan of a step. A metric of one's own:
///   class Positives : public Metric {
///    public:
///     void update_state(const Tensor& y_true, const Tensor&, const std::optional<Tensor>&)
///     override {
///       total_.assign(total_ + ops::sum(y_true));
///     }
///     Tensor result() override { return total_; }
///    private:
///     Variable total_ = add_variable({.name = "total"});
///   };
class Metric : public KerasObject {
 public:
  explicit Metric(MetricOptions options = {});
  ~Metric() override;
  /// Adds a batch: y_true, y_pred `[N, ...]`, sample_weight `[N]` or a shape that broadcasts.
  virtual void update_state(const Tensor& y_true, const Tensor& y_pred,
                            const std::optional<Tensor>& sample_weight = {}) = 0;
  /// The value since the last reset, usually a scalar.
  virtual Tensor result() = 0;
  /// Makes all variables zero.
  virtual void reset_state();
  std::string name() const;
  void set_name(std::string name) { name_ = std::move(name); }
  DType dtype() const;
  /// In the order in which they were made.
  std::vector<Variable> variables() const { return variables_; }
  /// Whether more is better ("up") or less ("down"): what `mode="auto"` of callbacks asks. Empty:
  /// it does not say.
  virtual std::string direction() const { return {}; }
  /// {"name", "dtype"}.
  Config get_config() const override;

 protected:
  /// A variable of this metric. Throws ShapeError when a dimension is None.
  Variable add_variable(MetricVariableOptions options);

 private:
  mutable std::string name_;
  DType dtype_;
  std::vector<Variable> variables_;
};

/// Shared ownership of a metric. The handles in namespace metrics are MetricRefs. All but name()
/// throw Error on a null one.
struct MetricRef : Ref<Metric> {
  using Ref::Ref;
  MetricRef() = default;
  MetricRef(const Ref<Metric>& metric) : Ref(metric) {}
  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight = {}) const;
  Tensor result() const;
  void reset_state() const;
  std::string name() const;

 protected:
  Metric& get() const;
};

namespace metrics {

/// What most metrics of this namespace can be told, in Keras's order.
struct Options {
  std::string name = {};  ///< empty: the metric's own, "mean_squared_error"
  DType dtype = {};
};

/// The metric of an identifier: a class name, its snake case, or a short form (mse, mae, ...);
/// throws Error naming those that there are. "accuracy" is Accuracy here; only compile chooses by
/// shapes.
MetricRef get(std::string_view identifier);
/// What serialize() wrote, or an identifier; null gives a null handle.
MetricRef deserialize(const ConfigValue& config);

}  // namespace metrics
}  // namespace weft
