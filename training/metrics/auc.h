// The metric AUC.
#pragma once
#include <weft/training/metric.h>

namespace weft::metrics {

struct AUCOptions {
  int num_thresholds = 200;
  std::string curve = "ROC";                       ///< "ROC", "PR" or "PRGAIN"
  std::string summation_method = "interpolation";  ///< "interpolation", "minoring" or "majoring"
  std::string name = {};                           ///< empty: "auc", "auc_1", ...
  DType dtype = {};
  std::optional<std::vector<double>> thresholds = {};  ///< in [0, 1]; in place of num_thresholds
  bool multi_label = false;  ///< y `[N, L]`: the mean of the labels' areas
  std::optional<int> num_labels = {};
  std::optional<std::vector<double>> label_weights = {};
  bool from_logits = false;  ///< y_pred holds logits, not probabilities
};

/// The area under a curve of rates at num_thresholds thresholds between 0 and 1: recall over the
/// false positive rate (ROC), precision over recall (PR), or precision gain over recall gain
/// (PRGAIN). y_true (0 or 1), y_pred `[N, ...]`. Throws Error when num_thresholds is not above 1 or
/// a name is unknown.
struct AUC : MetricRef {
  using MetricRef::MetricRef;
  explicit AUC(AUCOptions options = {});
};

}  // namespace weft::metrics
