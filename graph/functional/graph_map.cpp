// After keras/src/ops/function.py (map_graph, _build_map, _build_map_helper), Keras 3.15.1.
#include "graph/functional/graph_map.hpp"

#include <weft/core/error.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/names.hpp"

namespace weft::detail {
namespace {

class Mapper {
 public:
  explicit Mapper(const std::vector<Tensor>& inputs) : inputs_(inputs) {}

  // Step 1: depth first from each output; `order` has producers before consumers.
  void visit(const Tensor& tensor) {
    const History& history = history_of(tensor);
    const std::shared_ptr<Node>& node = history.node;
    if (finished_.count(node.get()) != 0) return;
    if (!node->is_input() && is_declared_input(tensor)) {  // what made it is outside the graph
      finished_.insert(node.get());
      return;
    }
    const std::shared_ptr<Operation>& op = node->operation();
    if (in_progress_.count(node.get()) != 0) {
      throw GraphError("Tensor '" + node->output_name(history.tensor_index) + "' from operation '" +
                       op->name() + "' is part of a cycle.");
    }
    index.try_emplace(op.get(), static_cast<int>(index.size()));  // pre-order
    in_progress_.insert(node.get());
    for (const Tensor& input : node->inputs()) visit(input);
    in_progress_.erase(node.get());
    finished_.insert(node.get());
    order.push_back(node);
  }

  std::vector<std::shared_ptr<Node>> order;
  std::map<const Operation*, int> index;

 private:
  bool is_declared_input(const Tensor& tensor) const {
    return std::any_of(inputs_.begin(), inputs_.end(),
                       [&](const Tensor& t) { return same_place(t, tensor); });
  }
  const std::vector<Tensor>& inputs_;
  std::set<const Node*> finished_, in_progress_;
};

// Depths of nodes and operations, in the order in which Python's dicts would hold them.
struct Depths {
  std::vector<std::shared_ptr<Node>> nodes;
  std::map<const Node*, int> of_node;
  std::vector<std::shared_ptr<Operation>> operations;
  std::map<const Operation*, int> of_operation;

  int& node(const std::shared_ptr<Node>& n) {
    const auto [at, added] = of_node.try_emplace(n.get(), 0);
    if (added) nodes.push_back(n);
    return at->second;
  }
  int& operation(const std::shared_ptr<Operation>& op) {
    const auto [at, added] = of_operation.try_emplace(op.get(), 0);
    if (added) operations.push_back(op);
    return at->second;
  }
};

// Step 2: consumers first; an operation that is called several times is as deep as its deepest
// call.
Depths find_depths(const std::vector<std::shared_ptr<Node>>& order) {
  std::set<const Node*> in_graph;
  for (const auto& node : order) in_graph.insert(node.get());
  Depths depths;
  for (auto it = order.rbegin(); it != order.rend(); ++it) {
    const int depth = std::max(depths.node(*it), depths.operation((*it)->operation()));
    depths.operation((*it)->operation()) = depth;
    depths.node(*it) = depth;
    for (const Tensor& input : (*it)->inputs()) {
      const auto& parent = history_of(input).node;
      if (in_graph.count(parent.get()) == 0) continue;
      depths.node(parent) = std::max(depth + 1, depths.node(parent));
    }
  }
  return depths;
}

// Step 5: every input of every node can be computed.
void check_computable(const GraphMap& map, const std::vector<Tensor>& inputs) {
  std::set<std::pair<const Node*, int>> computable;
  const auto place = [](const Tensor& t) {
    const History& history = history_of(t);
    return std::pair<const Node*, int>(history.node.get(), history.tensor_index);
  };
  for (const Tensor& t : inputs) computable.insert(place(t));
  std::vector<std::string> complete;  // for the error
  for (const auto& nodes : map.nodes_by_depth) {
    for (const auto& node : nodes) {
      for (const Tensor& t : node->inputs()) {
        if (computable.count(place(t)) == 0) {
          throw GraphError("Graph disconnected: cannot find parent for tensor '" + impl(t).name +
                           "' of shape " + t.shape().to_string() + " at operation '" +
                           node->operation()->name() +
                           "'. The following previous operations were accessed without issue: " +
                           quoted_list(complete));
        }
        complete.push_back(node->operation()->name());
      }
      for (int i = 0; i < node->output_count(); ++i) computable.insert({node.get(), i});
    }
  }
}

void check_names(const std::vector<std::shared_ptr<Operation>>& operations) {
  std::map<std::string, int> count;
  for (const auto& op : operations) ++count[op->name()];
  for (const auto& op : operations) {
    if (count[op->name()] == 1) continue;
    throw GraphError("The name \"" + op->name() + "\" is used " +
                     std::to_string(count[op->name()]) +
                     " times in the model. All operation names should be unique.");
  }
}

}  // namespace

std::vector<std::shared_ptr<Node>> nodes_between(const std::vector<Tensor>& inputs,
                                                 const std::vector<Tensor>& outputs) {
  Mapper mapper(inputs);
  for (const Tensor& t : outputs) mapper.visit(t);
  return std::move(mapper.order);
}

GraphMap map_graph(const std::vector<Tensor>& inputs, const std::vector<Tensor>& outputs) {
  Mapper mapper(inputs);
  for (const Tensor& t : outputs) mapper.visit(t);
  Depths depths = find_depths(mapper.order);
  for (const Tensor& t : inputs) {  // step 3: inputs that no output needs
    const auto& node = history_of(t).node;
    if (!node->is_input() || depths.of_operation.count(node->operation().get()) != 0) continue;
    depths.operation(node->operation()) = 0;
    depths.node(node) = 0;
    mapper.index[node->operation().get()] = -1;
  }

  GraphMap map;
  map.operations = depths.operations;
  std::stable_sort(map.operations.begin(), map.operations.end(), [&](const auto& a, const auto& b) {
    const int da = depths.of_operation[a.get()], db = depths.of_operation[b.get()];
    return da != db ? da > db : mapper.index[a.get()] < mapper.index[b.get()];
  });
  std::map<int, std::vector<std::shared_ptr<Node>>, std::greater<>> by_depth;
  for (const auto& node : depths.nodes) by_depth[depths.of_node[node.get()]].push_back(node);
  for (auto& [depth, nodes] : by_depth) {
    for (const auto& node : nodes) map.nodes.push_back(node);
    map.depths.push_back(depth);
    map.nodes_by_depth.push_back(std::move(nodes));
  }
  check_computable(map, inputs);
  check_names(map.operations);
  return map;
}

}  // namespace weft::detail
