// A plan with every pointer bound: running it is a loop over calls that lie in a row, each a
// function, what it knows and its arguments. No allocation, no lookup, no synchronisation per op.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/capture.hpp"
#include "graph/executor/arena_pool.hpp"
#include "graph/executor/profiler.hpp"
#include "graph/plan/plan.hpp"

namespace weft::executor {

struct RunOptions {
  Profiler* profiler = nullptr;
  bool check_numerics =
      false;            // after each op: throw at the first NaN or infinity, naming op and layer
  bool poison = false;  // after each op: fill dead memory with NaN (a test of the memory plan)
};

/// One caller's bindings of a plan. Not for two threads at once.
class Context {
 public:
  explicit Context(std::shared_ptr<const plan::Plan> plan);

  /// Call before taking the inputs' addresses: values of variables that somebody still holds get
  /// memory of their own.
  void prepare_writes();
  /// Runs on device memory: one pointer per input and output of the plan. Variables are read and
  /// committed in place.
  void run(const std::vector<const void*>& inputs, const std::vector<void*>& outputs,
           ArenaPool& arenas, const RunOptions& options = {});
  const plan::Plan& plan() const { return *plan_; }

 private:
  // A kernel and its place in the tables; views have none.
  struct Call {
    Fn<void(const KernelArgs&)> run;
    KernelArgs args;
  };
  struct Segment {
    std::size_t begin = 0, end = 0;  // calls
    bool host = false, prologue = false;
    int runs = 0;                     // on the present addresses
    std::shared_ptr<void> recording;  // of a backend that can capture, from the third run on
  };
  // Where a pointer of the tables comes from, when it is not fixed.
  struct Fixup {
    std::size_t slot;
    plan::Location location;
  };
  void bind(const plan::Location& location);
  void bind_calls();
  void set_stream();
  bool writes_variable(int node) const;
  void move_arena(std::byte* arena);
  void forget_recordings();
  void* resolve(const plan::Location& location, std::byte* arena) const;
  void set_externals(const std::vector<const void*>& inputs, const std::vector<void*>& outputs);
  void run_segment(Segment& segment);
  void run_calls(const Segment& segment) const;
  void run_observed_or_restore(const RunOptions& options, bool with_prologue);
  void run_observed(const RunOptions& options, bool with_prologue);
  bool prologue_is_due();
  void check_finite(int node) const;
  void poison_dead(int node, std::byte* arena) const;
  void run_copies(const std::vector<plan::Copy>& copies) const;

  std::shared_ptr<const plan::Plan> plan_;
  std::vector<void*> pointers_;             // inputs, outputs, workspace of each node in a row
  std::vector<std::size_t> first_pointer_;  // by node
  std::vector<Call> calls_;
  std::vector<int> nodes_;  // of the calls
  std::vector<Segment> segments_;
  std::size_t body_ = 0;                    // the first call behind the prologue
  detail::Capturing* capturing_ = nullptr;  // the backend, where it can
  std::vector<Fixup> arena_fixups_, external_;
  std::vector<const void*> inputs_;
  std::vector<void*> outputs_;
  std::shared_ptr<detail::Storage> cache_;       // what the prologue leaves
  std::vector<std::uint64_t> versions_, found_;  // of the variables that it read then, and now
  std::byte* arena_ = nullptr;                   // that the tables point into
};

}  // namespace weft::executor
