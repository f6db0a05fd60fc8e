// Ordinary code that runs as plans: traced once per distinct key, then replayed.
#pragma once
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "graph/executor/context.hpp"

namespace weft::executor {

/// What a body returns: its tensors in flat order, and whatever the caller needs to give them their
/// structure back.
struct StepResult {
  std::vector<Tensor> flat;
  std::shared_ptr<void> structure;
};

using StepBody = std::function<StepResult(const std::vector<Tensor>& inputs)>;

/// One caller's way of running a plan again and again: results land in tensors that it owns.
class BoundStep {
 public:
  BoundStep(std::shared_ptr<const plan::Plan> plan, std::shared_ptr<ArenaPool> arenas);
  /// Sees to it that there is an arena for a run. Throws OutOfMemory.
  void reserve();
  /// Inputs have the shapes and dtypes the plan was made for. Allocates nothing.
  void run(const std::vector<Tensor>& inputs, const RunOptions& options = {});
  /// The same with results in fresh memory.
  std::vector<Tensor> run_fresh(const std::vector<Tensor>& inputs, const RunOptions& options = {});
  const std::vector<Tensor>& outputs() const { return outputs_; }
  const plan::Plan& plan() const { return context_.plan(); }

 private:
  void execute(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs,
               const RunOptions& options);
  Context context_;
  std::shared_ptr<ArenaPool> arenas_;
  std::vector<Tensor> outputs_;
  std::vector<Tensor> moved_;  // inputs that were on another device
  std::vector<const void*> input_pointers_;
  std::vector<void*> output_pointers_;
};

class Step {
 public:
  explicit Step(StepBody body, std::shared_ptr<ArenaPool> arenas = std::make_shared<ArenaPool>(),
                plan::PassOptions passes = {});

  /// A binding for inputs like these, traced if there is none. `key`: what else the code depends on
  /// (training, ...). While a caller holds a binding nobody else gets it. Where memory runs out,
  /// it is tried once more with less; then OutOfMemory lists what takes the most.
  std::shared_ptr<BoundStep> bind(const std::vector<Tensor>& inputs, const std::string& key = {});
  /// Runs with results in fresh memory. Also for several threads at once.
  StepResult run(const std::vector<Tensor>& inputs, const std::string& key = {},
                 const RunOptions& options = {});

  /// The plan as another device would have it, to be read: perhaps one that is not there.
  std::shared_ptr<const plan::Plan> plan_for(Backend& backend, const std::vector<Tensor>& inputs);

  int trace_count() const { return traces_; }
  std::size_t plan_count() const;
  std::size_t largest_arena_bytes() const;
  /// All plans as text, most recently used first.
  std::string dump() const;
  std::string dot() const;  ///< the most recently used plan

 private:
  /// A binding that is handed out to one caller at a time.
  struct Slot {
    Slot(const std::shared_ptr<const plan::Plan>& plan, const std::shared_ptr<ArenaPool>& arenas)
        : bound(plan, arenas) {}
    BoundStep bound;
    std::atomic<bool> busy{false};
  };
  struct Entry {
    std::string key;
    std::vector<TensorSpec> specs;
    std::uint64_t version;
    std::shared_ptr<plan::Plan> plan;
    std::vector<std::shared_ptr<Slot>> slots;
  };
  static constexpr std::size_t capacity = 8;
  Entry& entry(const std::vector<Tensor>& inputs, const std::string& key);
  std::shared_ptr<BoundStep> free_slot(Entry& e);
  void make_room();
  plan::OpGraph trace(const std::vector<TensorSpec>& specs, std::shared_ptr<void>& structure);
  std::shared_ptr<plan::Plan> make_plan(const std::vector<TensorSpec>& specs, Backend* of_inputs);

  StepBody body_;
  std::shared_ptr<ArenaPool> arenas_;
  plan::PassOptions passes_;
  mutable std::recursive_mutex mutex_;
  std::list<Entry> entries_;  // most recently used first
  int traces_ = 0;
};

/// For all runs of the process: fill dead memory with NaN after each op.
bool poison_dead_memory();
void set_poison_dead_memory(bool on);

}  // namespace weft::executor
