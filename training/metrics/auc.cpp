#include <fmt/format.h>
#include <weft/training/metrics/auc.h>

#include <algorithm>

#include "training/confusion.hpp"
#include "training/mean_metric.hpp"

namespace weft {
namespace metrics {
namespace {

std::string one_of(const char* what, const std::string& value,
                   const std::vector<std::string>& names) {
  const std::string lower = detail::to_lower(value);
  for (const std::string& name : names) {
    if (detail::to_lower(name) == lower) return name;
  }
  throw Error(fmt::format("AUC: invalid {} \"{}\". Expected one of: {}.", what, value,
                          fmt::join(names, ", ")));
}

std::vector<double> thresholds_of(const AUCOptions& o) {
  std::vector<double> all = {-epsilon()};  // below all predictions, and above all at the end
  if (o.thresholds) {
    detail::check_thresholds("AUC", *o.thresholds);
    all.insert(all.end(), o.thresholds->begin(), o.thresholds->end());
    std::sort(all.begin() + 1, all.end());
  } else {
    if (o.num_thresholds <= 1) {
      throw Error(
          fmt::format("AUC: argument `num_thresholds` is too small. Expected: an integer > 1. "
                      "Received: num_thresholds={}",
                      o.num_thresholds));
    }
    for (int i = 1; i + 1 < o.num_thresholds; ++i)
      all.push_back(i / static_cast<double>(o.num_thresholds - 1));
  }
  all.push_back(1.0 + epsilon());
  return all;
}

class AreaUnderCurve final : public detail::BuiltinMetric {
 public:
  explicit AreaUnderCurve(AUCOptions o)
      : BuiltinMetric("AUC", nullptr, "up", o.name, o.dtype),
        options_(std::move(o)),
        curve_(one_of("curve", options_.curve, {"ROC", "PR", "PRGAIN"})),
        method_(one_of("summation_method", options_.summation_method,
                       {"interpolation", "majoring", "minoring"})) {
    confusion_.thresholds = thresholds_of(options_);
    std::vector<double> inner = confusion_.thresholds;
    inner.front() = 0, inner.back() = 1;
    confusion_.evenly_distributed = !options_.thresholds || detail::evenly_distributed(inner);
    confusion_.multi_label = options_.multi_label;
    if (options_.label_weights)
      label_weights_ = Tensor::from(*options_.label_weights).astype(dtype());
    if (options_.multi_label) {
      if (options_.num_labels) build(*options_.num_labels);
    } else {
      if (options_.num_labels)
        throw Error("AUC: `num_labels` is needed only when `multi_label` is True.");
      confusion_.label_weights = label_weights_;
      build({});
    }
  }

  void update_state(const Tensor& y_true, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight) override {
    if (!true_positives_) {
      if (y_pred.shape().rank() != 2) {
        throw ShapeError(
            "AUC: `y_pred` must have rank 2 when `multi_label=True`. Received: y_pred.shape=" +
            y_pred.shape().to_string());
      }
      build(y_pred.shape()[1]);
    }
    const Tensor p = options_.from_logits ? ops::sigmoid(y_pred) : y_pred;
    const detail::Confusion c = detail::confusion(y_true, p, sample_weight, confusion_, dtype());
    true_positives_.assign(true_positives_ + c.true_positives);
    false_positives_.assign(false_positives_ + c.false_positives);
    true_negatives_.assign(true_negatives_ + c.true_negatives);
    false_negatives_.assign(false_negatives_ + c.false_negatives);
  }

  Tensor result() override {
    if (!true_positives_) return ops::zeros({}, dtype());
    if (curve_ == "PR" && method_ == "interpolation") return over_labels(interpolated_pr());
    const auto [x, y] = curve();
    Tensor heights;
    if (method_ == "interpolation")
      heights = (front(y) + back(y)) / 2.0;
    else
      heights =
          method_ == "minoring" ? ops::minimum(front(y), back(y)) : ops::maximum(front(y), back(y));
    return over_labels((front(x) - back(x)) * heights);
  }

  Config get_config() const override {
    const AUCOptions& o = options_;
    Config c = BuiltinMetric::get_config().merge(
        {{"num_thresholds", static_cast<int>(confusion_.thresholds.size())},
         {"curve", curve_},
         {"summation_method", method_},
         {"multi_label", o.multi_label},
         {"num_labels", o.num_labels},
         {"label_weights", o.label_weights},
         {"from_logits", o.from_logits}});
    if (o.thresholds) {
      const auto& all = confusion_.thresholds;
      c.set("thresholds", std::vector<double>(all.begin() + 1, all.end() - 1));
    }
    return c;
  }

 private:
  void build(std::optional<Dim> labels) {
    Shape shape = {confusion_.thresholds.size()};
    if (labels) shape.push_back(*labels);
    true_positives_ = add_variable({.shape = shape, .name = "true_positives"});
    false_positives_ = add_variable({.shape = shape, .name = "false_positives"});
    true_negatives_ = add_variable({.shape = shape, .name = "true_negatives"});
    false_negatives_ = add_variable({.shape = shape, .name = "false_negatives"});
  }

  Tensor front(const Tensor& x) const { return x[Slice{0, -1, {}}]; }
  Tensor back(const Tensor& x) const { return x[Slice{1, {}, {}}]; }

  /// The curve's x and y at each threshold.
  std::pair<Tensor, Tensor> curve() const {
    const Tensor tp = true_positives_, fp = false_positives_, tn = true_negatives_,
                 fn = false_negatives_;
    if (curve_ == "ROC") return {ops::divide_no_nan(fp, fp + tn), ops::divide_no_nan(tp, tp + fn)};
    if (curve_ == "PR") return {ops::divide_no_nan(tp, tp + fn), ops::divide_no_nan(tp, tp + fp)};
    // The gains diverge without true positives and turn negative below the labels' mean: Keras's
    // limits.
    const Tensor scale = ops::divide_no_nan(tp + fn, tn + fp), none = ops::equal(tp, 0.0);
    const Tensor recall_gain = ops::where(none, 0.0, 1.0 - scale * ops::divide_no_nan(fn, tp));
    const Tensor precision_gain = ops::where(none, 1.0, 1.0 - scale * ops::divide_no_nan(fp, tp));
    return {ops::maximum(recall_gain, 0.0), precision_gain};
  }

  /// Areas between thresholds with precision interpolated as Davis & Goadrich (2006) do, formula
  /// from Keras.
  Tensor interpolated_pr() const {
    const Tensor tp = true_positives_, p = tp + Tensor(false_positives_), fn = false_negatives_;
    const Tensor dtp = front(tp) - back(tp), dp = front(p) - back(p);
    const Tensor slope = ops::divide_no_nan(dtp, ops::maximum(dp, 0.0));
    const Tensor intercept = back(tp) - slope * back(p);
    const Tensor both = ops::logical_and(front(p) > 0.0, back(p) > 0.0);
    const Tensor ratio =
        ops::where(both, ops::divide_no_nan(front(p), ops::maximum(back(p), 0.0)), 1.0);
    return ops::divide_no_nan(slope * (dtp + intercept * ops::log(ratio)),
                              ops::maximum(back(tp) + back(fn), 0.0));
  }

  Tensor over_labels(const Tensor& areas) const {
    if (!options_.multi_label) return ops::sum(areas);
    const Tensor by_label = ops::sum(areas, {.axis = 0});
    if (!label_weights_) return ops::mean(by_label);
    return ops::divide_no_nan(ops::sum(by_label * *label_weights_), ops::sum(*label_weights_));
  }

  AUCOptions options_;
  std::string curve_, method_;
  detail::ConfusionOptions confusion_;
  std::optional<Tensor> label_weights_;
  Variable true_positives_, false_positives_, true_negatives_, false_negatives_;
};

}  // namespace

AUC::AUC(AUCOptions options) : MetricRef(std::make_shared<AreaUnderCurve>(std::move(options))) {}

}  // namespace metrics

namespace registration {
void metric_auc() {
  using Options = metrics::AUCOptions;
  detail::register_metric<metrics::AUC, Options>("AUC", [](const Config& c) {
    auto o = detail::common_metric_options<Options>(c);
    o.num_thresholds = c.get<int>("num_thresholds", o.num_thresholds);
    o.curve = c.get<std::string>("curve", o.curve);
    o.summation_method = c.get<std::string>("summation_method", o.summation_method);
    o.thresholds = c.get<std::optional<std::vector<double>>>("thresholds", o.thresholds);
    o.multi_label = c.get<bool>("multi_label", o.multi_label);
    o.num_labels = c.get<std::optional<int>>("num_labels", o.num_labels);
    o.label_weights = c.get<std::optional<std::vector<double>>>("label_weights", o.label_weights);
    o.from_logits = c.get<bool>("from_logits", o.from_logits);
    return o;
  });
}
}  // namespace registration
}  // namespace weft
