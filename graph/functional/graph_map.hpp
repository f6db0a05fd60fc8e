// Keras's map_graph: which nodes lie between inputs and outputs, how deep, and in what order. The
// order is that of summary rows, model.layers, weight files and optimizer slots: contract I1.
#pragma once
#include <memory>
#include <vector>

#include "graph/functional/node.hpp"

namespace weft::detail {

struct GraphMap {
  std::vector<std::shared_ptr<Node>> nodes;  // producers before consumers
  /// Deepest first; within a depth as Keras has them. Not empty anywhere. nodes_by_depth[i] has
  /// depth size() - 1 - i only when no depth is missing; depths[i] says it.
  std::vector<std::vector<std::shared_ptr<Node>>> nodes_by_depth;
  std::vector<int> depths;
  /// By decreasing depth, then by first visit.
  std::vector<std::shared_ptr<Operation>> operations;
};

/// Throws GraphError for a graph that cannot be computed from `inputs` and for names that occur
/// twice.
GraphMap map_graph(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs);
/// The nodes between inputs and outputs, producers first: step 1 alone.
std::vector<std::shared_ptr<Node>> nodes_between(const std::vector<Tensor>& inputs,
                                                 const std::vector<Tensor>& outputs);

}  // namespace weft::detail
