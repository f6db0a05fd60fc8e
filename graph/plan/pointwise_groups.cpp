// Pointwise ops of one shape that hand values to each other become one op, which runs over tiles
// that stay in the cache (core/ops/pointwise_group.hpp has the form).
#include <algorithm>

#include "core/ops/pointwise_group.hpp"
#include "graph/plan/clusters.hpp"
#include "graph/plan/passes.hpp"
#include "graph/plan/rewrite.hpp"

namespace weft::plan {
namespace {

const Shape& shape_of(const OpGraph& g, const OpNode& n) {
  return g.values[at(n.outputs[0])].spec.shape;
}

bool can_be_member(const OpGraph& g, const OpNode& n) {
  if (n.outputs.size() != 1 || n.op->traits.view) return false;
  if (!detail::can_be_grouped(*n.op, specs_of(g, n.inputs), specs_of(g, n.outputs))) return false;
  const Shape& whole = shape_of(g, n);
  return std::all_of(n.inputs.begin(), n.inputs.end(), [&](int v) {
    return detail::can_enter_group(g.values[at(v)].spec.shape, whole);
  });
}

// A cluster as the one node that it becomes.
class Group {
 public:
  Group(const OpGraph& graph, const Uses& uses, const std::vector<int>& members)
      : g_(graph), uses_(uses), members_(members) {
    find_inputs();
    program_.inputs = static_cast<int>(inputs_.size());
    for (int m : members_) add_step(g_.nodes[at(m)]);
  }

  bool fits() const {
    return inputs_.size() <= detail::max_group_inputs && members_.size() <= detail::max_group_steps;
  }

  Replacement replacement() const {
    OpNode node;
    node.op = &find_op("pointwise_group");
    node.attrs = program_.to_attrs();
    node.inputs = inputs_;
    node.outputs = outputs_;
    node.scope = g_.nodes[at(members_.front())].scope;
    for (int m : members_) {
      if (g_.nodes[at(m)].scope != node.scope) node.scope.clear();
    }
    return {members_, node};
  }

 private:
  bool made_inside(int value) const {
    const int p = producer(g_, value);
    return p >= 0 && std::binary_search(members_.begin(), members_.end(), p);
  }

  void find_inputs() {
    for (int m : members_) {
      for (int v : g_.nodes[at(m)].inputs) {
        const bool known = std::find(inputs_.begin(), inputs_.end(), v) != inputs_.end();
        if (!known && !made_inside(v)) inputs_.push_back(v);
      }
    }
  }

  int number_of(int value) const {
    const auto in = std::find(inputs_.begin(), inputs_.end(), value);
    if (in != inputs_.end()) return static_cast<int>(in - inputs_.begin());
    const auto made = std::find(made_.begin(), made_.end(), value);
    return program_.inputs + static_cast<int>(made - made_.begin());
  }

  void add_step(const OpNode& n) {
    std::vector<int> operands;
    for (int v : n.inputs) operands.push_back(number_of(v));
    program_.steps.push_back({n.op, n.attrs, std::move(operands)});
    const int value = n.outputs[0];
    made_.push_back(value);
    const std::vector<int>& users = uses_.nodes[at(value)];
    const bool needed =
        uses_.outlives[at(value)] || std::any_of(users.begin(), users.end(), [&](int u) {
          return !std::binary_search(members_.begin(), members_.end(), u);
        });
    if (!needed) return;
    outputs_.push_back(value);
    program_.outputs.push_back(number_of(value));
  }

  const OpGraph& g_;
  const Uses& uses_;
  std::vector<int> members_;
  std::vector<int> inputs_, made_, outputs_;  // values
  detail::PointwiseProgram program_;
};

// Grows groups along the edges between members of one shape, in the order of the graph.
class Grouping {
 public:
  explicit Grouping(const OpGraph& graph)
      : g_(graph), uses_(graph), clusters_(graph), prologue_(prologue_candidates(graph)) {
    for (const OpNode& n : g_.nodes) member_.push_back(can_be_member(g_, n));
  }

  std::vector<Replacement> run() {
    for (std::size_t n = 0; n < g_.nodes.size(); ++n) {
      if (!member_[n]) continue;
      for (int v : g_.nodes[n].inputs) join(producer(g_, v), static_cast<int>(n));
    }
    join_scalars();
    std::vector<Replacement> out;
    for (std::size_t n = 0; n < g_.nodes.size(); ++n) {
      const std::vector<int>& members = clusters_.members(static_cast<int>(n));
      if (members.size() > 1) out.push_back(Group(g_, uses_, members).replacement());
    }
    return out;
  }

 private:
  void join(int a, int b) {
    if (a < 0 || !member_[at(a)] || prologue_[at(a)] != prologue_[at(b)] ||
        !(shape_of(g_, g_.nodes[at(a)]) == shape_of(g_, g_.nodes[at(b)])))
      return;
    const int from = clusters_.of(a), to = clusters_.of(b);
    if (from == to) return;
    std::vector<int> both = clusters_.members(from);
    both.insert(both.end(), clusters_.members(to).begin(), clusters_.members(to).end());
    std::sort(both.begin(), both.end());
    if (Group(g_, uses_, both).fits()) clusters_.merge(from, to);
  }

  // Numbers that metrics and optimizers count with: a call costs more than the arithmetic.
  void join_scalars() {
    int first = -1;
    for (std::size_t n = 0; n < g_.nodes.size(); ++n) {
      if (!member_[n] || shape_of(g_, g_.nodes[n]).rank() != 0) continue;
      const int number = static_cast<int>(n);
      if (first >= 0) join(first, number);
      if (first < 0 || clusters_.of(first) != clusters_.of(number)) first = number;
    }
  }

  const OpGraph& g_;
  Uses uses_;
  Clusters clusters_;
  std::vector<bool> prologue_;  // a group is all of the prologue, or none of it
  std::vector<bool> member_;
};

}  // namespace

void group_pointwise(OpGraph& g) { replace_clusters(g, Grouping(g).run()); }

}  // namespace weft::plan
