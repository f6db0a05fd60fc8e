// An op graph or a plan as text (compared exactly by tests) and as Graphviz DOT.
#pragma once
#include <string>

#include "graph/plan/memory_plan.hpp"
#include "graph/plan/op_graph.hpp"

namespace weft::plan {

/// One line a node: "%7 = matmul(%0, %3) float32 (64, 10) {'transpose_b': True}  # dense".
std::string dump(const OpGraph& graph);
/// The same with the place of every value and the arena's size.
std::string dump(const OpGraph& graph, const MemoryPlan& memory);
std::string to_dot(const OpGraph& graph);

}  // namespace weft::plan
