// Counts of true and false positives and negatives at thresholds: Keras's
// update_confusion_matrix_variables.
#pragma once
#include <weft/core/structures.h>

#include <vector>

namespace weft::detail {

struct ConfusionOptions {
  std::vector<double> thresholds = {};
  bool evenly_distributed =
      false;                      ///< thresholds are i / (T - 1): counted by buckets, as Keras does
  std::optional<int> top_k = {};  ///< only the k largest predictions of a sample can be positive
  std::optional<int> class_id = {};  ///< only this class counts
  bool multi_label = false;          ///< count each label for itself
  std::optional<Tensor> label_weights = {};
};

/// Sums of weights at each of T thresholds: `[T]`, with multi_label `[T, L]`.
struct Confusion {
  Tensor true_positives, false_positives, true_negatives, false_negatives;
};

/// y_true (0 or 1), y_pred `[N, ...]` (multi_label: `[N, L]`); a prediction is positive when it is
/// above the threshold.
Confusion confusion(const Tensor& y_true, const Tensor& y_pred,
                    const std::optional<Tensor>& sample_weight, const ConfusionOptions& options,
                    DType dtype);

/// Whether the thresholds are 0, 1/(T-1), ..., 1 up to epsilon(); false below three.
bool evenly_distributed(const std::vector<double>& thresholds);

/// Throws Error unless all are in [0, 1].
void check_thresholds(const char* metric, const std::vector<double>& thresholds);

}  // namespace weft::detail
