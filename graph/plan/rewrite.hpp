// What the passes share: who makes and who uses a value, replacing, and an order that can be run.
#pragma once
#include <vector>

#include "graph/plan/op_graph.hpp"

namespace weft::plan {

inline std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// 0, 1, ..., n - 1.
std::vector<int> identity(std::size_t n);
/// Every use of value v becomes one of by[v].
void replace_uses(OpGraph& graph, const std::vector<int>& by);
/// Renumbers values, constants and variables to those that are still used.
void compact(OpGraph& graph);
/// The source and index of what the nodes make, after nodes were added, removed or moved.
void renumber_nodes(OpGraph& graph);

/// Who uses each value.
struct Uses {
  explicit Uses(const OpGraph& graph);
  std::vector<std::vector<int>> nodes;  // by value: in order, one entry per operand
  std::vector<bool> outlives;           // by value: an output or a commit
  /// The only node that uses a value, as one operand; -1 when there is none, several, or when it
  /// outlives the nodes.
  int only(int value) const;
};

/// The node that makes a value; -1 for inputs, constants and variables.
int producer(const OpGraph& graph, int value);
/// Whether a node calls this op.
bool calls(const OpNode& node, std::string_view op);

/// Puts the nodes in an order that can be run, each as near to its place as that allows. False when
/// there is none; the graph then stays as it was.
bool sort_nodes(OpGraph& graph);
/// Removes the nodes marked, and what only they used.
void remove_nodes(OpGraph& graph, const std::vector<bool>& removed);

/// The only element of a constant of one element as a double; `otherwise` for other values.
double scalar_constant(const OpGraph& graph, int value, double otherwise);

}  // namespace weft::plan
