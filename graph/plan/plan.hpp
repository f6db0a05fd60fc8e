// A plan: an op graph after the passes, with its memory laid out and its kernels prepared.
// Immutable; contexts run it.
#pragma once
#include <weft/core/backend.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/live.hpp"
#include "graph/plan/memory_plan.hpp"
#include "graph/plan/op_graph.hpp"
#include "graph/plan/passes.hpp"

namespace weft::plan {

/// A run of nodes on one backend; on a GPU one captured graph. Host steps lie between segments.
struct Segment {
  int first = 0, last = -1;  // nodes, both included
  bool host = false;         // a host step: no part of a captured graph
  bool prologue = false;     // runs only when a variable that it reads was written
};

struct Plan : detail::Live<Plan> {
  OpGraph graph;
  MemoryPlan memory;
  std::vector<PreparedKernel> kernels;  // by node; without `run` for views
  std::vector<Segment> segments;
  std::vector<int> prologue_variables;  // that the prologue reads
  Backend* backend = nullptr;
  std::shared_ptr<void> structure;  // of the results, the caller's

  /// Ops that no fast kernel took.
  int reference_ops() const;
  /// Nodes that run a kernel.
  int op_count() const;
  std::string dump() const;
  std::string dot() const;
  std::size_t arena_bytes() const { return memory.arena_bytes; }
};

/// What the arena would have if no kernel needed a workspace.
std::size_t arena_bytes_without_workspaces(const Plan& plan);

/// As few as possible; needs the graph and the kernels.
std::vector<Segment> segments_of(const Plan& plan);

/// Runs the passes, prepares the kernels and lays out the memory. Throws DtypeError or DeviceError
/// when an op has no kernel. For a device that only plans the result is for reading, not for
/// running.
std::shared_ptr<Plan> lower(OpGraph graph, Backend& backend, const PassOptions& options);

}  // namespace weft::plan
