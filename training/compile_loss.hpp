// Keras's CompileLoss: the losses of all outputs as one number.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "training/compile_args_access.hpp"
#include "training/output_match.hpp"

namespace weft::detail {

class CompileLoss {
 public:
  /// Checks what can be checked without outputs: identifiers, and the numbers of losses and
  /// weights.
  CompileLoss(PerOutput<LossSpec> loss, PerOutput<double> loss_weights);

  /// Names of the model's outputs in flat order, for logs and dicts; none: unknown. Before the
  /// first call.
  void set_output_names(std::vector<std::string> names) { output_names_ = std::move(names); }
  /// The weighted total, a scalar; a null tensor when all losses are None. The first call decides
  /// which loss goes to which output. Throws GraphError when losses, targets and outputs do not
  /// match.
  Tensor operator()(const Tensors& y_true, const Tensors& y_pred,
                    const Tensors& sample_weight = {});
  /// "<output>_loss" (unweighted means of the epoch) when there is more than one loss.
  std::vector<Named<Tensor>> results() const;
  std::vector<Ref<Metric>> metrics() const;
  void reset_state();

 private:
  struct Entry {
    int output = 0;
    Ref<Loss> loss;
    std::optional<double> weight;
    std::string name;
    Ref<Metric> tracker;  // null when there is one loss
  };
  struct Assigned {  // a loss as the user gave it, to an output
    int output;
    LossSpec loss;
    std::optional<double> weight;
  };
  std::vector<Assigned> assign(const Outputs& outputs) const;
  std::vector<Assigned> assign_dict(const Outputs& outputs) const;
  std::vector<std::optional<double>> weights(const Outputs& outputs) const;
  void build(const std::vector<Tensor>& y_true, const Outputs& outputs,
             const std::vector<Assigned>& assigned);

  PerOutput<LossSpec> loss_;
  PerOutput<double> weights_;
  std::vector<std::string> output_names_;
  bool built_ = false;
  std::vector<Entry> entries_;
};

/// Null when there is no loss at all.
std::unique_ptr<CompileLoss> make_compile_loss(const PerOutput<LossSpec>& loss,
                                               const PerOutput<double>& loss_weights);

/// The tracker of the total loss, named "loss": update_state(loss of a batch, number of its rows)
/// weighs by the rows.
MetricRef make_loss_tracker();

}  // namespace weft::detail
