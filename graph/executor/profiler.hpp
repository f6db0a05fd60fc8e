// Time and bytes per node of a plan, and the same as a Chrome trace.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "graph/plan/plan.hpp"

namespace weft::executor {

class Profiler {
 public:
  using Clock = std::chrono::steady_clock;

  /// Forgets what another plan left.
  void start(const plan::Plan& plan);
  void record(int node, Clock::time_point begin, Clock::time_point end);
  void end_of_run(Clock::time_point begin, Clock::time_point end);

  int runs() const { return runs_; }
  /// How often a node ran: in a prologue less often than the plan.
  int calls(int node) const { return slots_[static_cast<std::size_t>(node)].calls; }
  /// A node's time per run, on average.
  double node_ms(int node) const;
  /// Sum of the kernels' times of one run, and wall time of one run, on average.
  double kernel_ms() const;
  double run_ms() const;
  /// A table, most expensive op and layer first: calls, time, share, bytes moved.
  std::string table() const;
  /// chrome://tracing and Perfetto read it: the last run's nodes.
  std::string chrome_trace() const;

 private:
  struct Slot {
    int calls = 0;
    double total_us = 0;
    double begin_us = 0, last_us = 0;  // of the last run
  };
  const plan::Plan* plan_ = nullptr;
  Clock::time_point origin_;
  std::vector<Slot> slots_;
  double total_run_us_ = 0;
  int runs_ = 0;
};

/// Bytes that a node reads and writes.
std::size_t node_bytes(const plan::OpGraph& graph, const plan::OpNode& node);

}  // namespace weft::executor
