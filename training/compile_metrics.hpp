// Keras's CompileMetrics: the metrics of all outputs.
#pragma once
#include <weft/training/compile_args.h>

#include <memory>
#include <string>
#include <vector>

#include "training/output_match.hpp"

namespace weft::detail {

class CompileMetrics {
 public:
  /// Checks the identifiers.
  CompileMetrics(Metrics metrics, Metrics weighted_metrics);

  /// Names of the model's outputs in flat order, for logs and dicts; none: unknown. Before the
  /// first call.
  void set_output_names(std::vector<std::string> names) { output_names_ = std::move(names); }
  /// Makes the metrics; only shapes are looked at. update_state does it when it has not been done.
  /// Throws GraphError when the metrics do not match the outputs.
  void build(const Tensors& y_true, const Tensors& y_pred);
  /// Adds a batch. Only weighted metrics see the weights; one tensor of weights is for all outputs.
  void update_state(const Tensors& y_true, const Tensors& y_pred,
                    const Tensors& sample_weight = {});
  /// Keras's names: "metric", of several outputs "<output>_metric"; equal ones get "_1", weighted
  /// ones "weighted_" in front.
  std::vector<Named<Tensor>> results() const;
  std::vector<Ref<Metric>> metrics() const;
  void reset_state();

 private:
  struct OutputMetrics {  // of one output
    int output = 0;
    std::string prefix;  // its name when there are several outputs
    std::vector<Ref<Metric>> metrics;
  };
  struct Targets {  // per output, null where there is none
    std::vector<Tensor> parts;
    bool by_name = false;  // given as a dict; else an output without a target has no metrics
  };
  std::vector<OutputMetrics> make(const Metrics& given, const char* argument, const Targets& y_true,
                                  const Outputs& outputs) const;
  OutputMetrics make_for(int output, const std::vector<MetricSpec>& given, const Targets& y_true,
                         const Outputs& outputs) const;

  Metrics metrics_, weighted_;
  std::vector<std::string> output_names_;
  bool built_ = false;
  std::vector<OutputMetrics> flat_metrics_, flat_weighted_;
};

/// Null when there are no metrics at all.
std::unique_ptr<CompileMetrics> make_compile_metrics(const Metrics& metrics,
                                                     const Metrics& weighted_metrics);

}  // namespace weft::detail
