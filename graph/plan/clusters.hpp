// Sets of nodes that a pass makes one node of, grown so that the graph stays free of cycles.
#pragma once
#include <vector>

#include "graph/plan/op_graph.hpp"

namespace weft::plan {

/// At first every node is a cluster of its own; its number is that of its first node.
class Clusters {
 public:
  explicit Clusters(const OpGraph& graph);
  int of(int node) const { return cluster_[static_cast<std::size_t>(node)]; }
  /// In the order of the graph.
  const std::vector<int>& members(int cluster) const {
    return members_[static_cast<std::size_t>(cluster)];
  }
  /// Makes one of two clusters, and returns its number; -1 when a node outside would have to run
  /// after the one and before the other.
  int merge(int a, int b);

 private:
  bool path_around(int from, int to) const;

  const OpGraph& graph_;
  std::vector<int> cluster_;
  std::vector<std::vector<int>> members_;  // by cluster
  std::vector<std::vector<int>> next_;     // by node: the nodes that use its outputs
};

/// One node in the place of several: where the last of them was, or, `early`, the first.
struct Replacement {
  std::vector<int> members;
  OpNode node;
  bool early = false;
};
/// Members in the order of the graph. False, and nothing is changed, when no order remains.
bool replace_clusters(OpGraph& graph, std::vector<Replacement> replacements);

}  // namespace weft::plan
