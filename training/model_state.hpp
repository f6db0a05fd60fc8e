// What a model holds besides its layers: how it was compiled, its steps and its history.
#pragma once
#include <weft/training/fit_options.h>
#include <weft/training/history.h>
#include <weft/training/model_layer.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/live.hpp"
#include "graph/executor/step.hpp"
#include "graph/trace/call_structure.hpp"
#include "training/compile_loss.hpp"
#include "training/compile_metrics.hpp"

namespace weft::detail {

/// The plans of one of a model's steps; one executor::Step per structure of the data.
struct StepSet {
  std::vector<std::pair<std::string, std::shared_ptr<executor::Step>>> by_structure;
};

struct ModelState : Live<ModelState> {
  bool compiled = false;
  CompileOptions options;
  OptimizerRef optimizer;
  std::unique_ptr<CompileLoss> loss;
  std::unique_ptr<CompileMetrics> metrics;
  MetricRef loss_tracker;

  // Of the step that is being traced or run eagerly: what compute_loss returned, and whether the
  // tracker knows it.
  Tensor step_loss;
  bool tracked = false;

  std::atomic<bool> stop_training{false};
  weft::History history;

  std::recursive_mutex mutex;  // of the steps
  StepSet train, test, predict;
  std::shared_ptr<executor::ArenaPool> arenas = std::make_shared<executor::ArenaPool>();
  std::weak_ptr<executor::Step> latest;  // for dump_plan
};

struct ModelAccess {
  static ModelState& state(ModelLayer& model) { return *model.model_; }
  static const ModelState& state(const ModelLayer& model) { return *model.model_; }
  static Tensors call(ModelLayer& model, const Tensors& x, CallOptions options) {
    return model(x, std::move(options));
  }
};

/// Names of the outputs, for logs and for matching losses: of a functional model its operations',
/// else output_1 ...
std::vector<std::string> output_names_of(const ModelLayer& model, const Tensors& y_pred);
void compile_model(ModelLayer& model, CompileOptions options);
/// Throws GraphError in Keras's words when the model was not compiled.
void require_compiled(const ModelLayer& model, const char* what);

enum class StepKind { train, test, predict };

/// One batch through the model: as a plan, or op by op when run_eagerly. `flat` are x, y and
/// sample_weight in a row.
class StepRunner {
 public:
  StepRunner(ModelLayer& model, StepKind kind, const trace::CallStructure& structure);
  /// Results in memory that the next run overwrites; no allocation once the plan is there.
  const std::vector<Tensor>& run(const std::vector<Tensor>& flat);
  /// Makes the plan for data like these without running it. Throws GraphError when the model runs
  /// eagerly.
  const plan::Plan& prepare(const std::vector<Tensor>& flat);
  /// The plan as another device would have it, to be read.
  std::shared_ptr<const plan::Plan> plan_for(Backend& backend, const std::vector<Tensor>& flat);
  /// Names of the results of a train or test step; the structure of a predict step.
  const std::vector<std::string>& names() const { return names_; }
  const Tensors& structure() const { return structure_of_results_; }
  /// The plan at work; null when eager.
  const plan::Plan* plan() const { return current_ == nullptr ? nullptr : &current_->plan(); }
  executor::RunOptions& run_options() { return run_options_; }

 private:
  void expect_plan() const;
  void take_structure(const std::shared_ptr<void>& structure);
  executor::BoundStep& binding(const std::vector<Tensor>& flat);

  ModelLayer& model_;
  StepKind kind_;
  trace::CallStructure arguments_;
  bool eager_;
  std::shared_ptr<executor::Step> step_;
  std::vector<std::shared_ptr<executor::BoundStep>>
      bindings_;  // of the shapes met: full and last batch
  executor::BoundStep* current_ = nullptr;
  std::uint64_t version_ = 0;
  executor::RunOptions run_options_;
  std::vector<Tensor> eager_results_;
  std::vector<std::string> names_;
  Tensors structure_of_results_;
};

}  // namespace weft::detail
