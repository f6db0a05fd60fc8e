#include "graph/plan/rewrite.hpp"

#include <functional>
#include <numeric>
#include <queue>

#include "core/access.hpp"
#include "core/convert.hpp"

namespace weft::plan {
namespace {

void replace_all(std::vector<int>& values, const std::vector<int>& by) {
  for (int& v : values) v = by[at(v)];
}

std::vector<bool> used_values(const OpGraph& g) {
  std::vector<bool> used(g.values.size(), false);
  const auto use = [&](const std::vector<int>& list) {
    for (int v : list) used[at(v)] = true;
  };
  for (const OpNode& n : g.nodes) {
    use(n.inputs);
    use(n.outputs);
  }
  use(g.inputs);
  use(g.outputs);
  for (const Commit& c : g.commits) used[at(c.value)] = true;
  return used;
}

// The values that are used, with their constants and variables, into `out`; gives their new
// numbers.
class Compaction {
 public:
  Compaction(OpGraph& from, OpGraph& to)
      : from_(from), to_(to), variables_(from.variables.size(), -1) {}

  std::vector<int> values(const std::vector<bool>& used) {
    std::vector<int> by(from_.values.size(), -1);
    for (std::size_t v = 0; v < from_.values.size(); ++v) {
      if (!used[v]) continue;
      Value value = from_.values[v];
      by[v] = static_cast<int>(to_.values.size());
      if (value.source == Source::constant) {
        to_.constants.push_back(from_.constants[at(value.index)]);
        value.index = static_cast<int>(to_.constants.size()) - 1;
      } else if (value.source == Source::variable) {
        value.index = variable(value.index);
        to_.reads[at(value.index)] = by[v];
      }
      to_.values.push_back(std::move(value));
    }
    return by;
  }

  int variable(int old) {
    int& number = variables_[at(old)];
    if (number < 0) {
      number = static_cast<int>(to_.variables.size());
      to_.variables.push_back(from_.variables[at(old)]);
      to_.reads.push_back(-1);
    }
    return number;
  }

 private:
  OpGraph& from_;
  OpGraph& to_;
  std::vector<int> variables_;
};

}  // namespace

std::vector<int> identity(std::size_t n) {
  std::vector<int> out(n);
  std::iota(out.begin(), out.end(), 0);
  return out;
}

void replace_uses(OpGraph& g, const std::vector<int>& by) {
  for (OpNode& n : g.nodes) replace_all(n.inputs, by);
  replace_all(g.outputs, by);
  for (Commit& c : g.commits) c.value = by[at(c.value)];
}

void renumber_nodes(OpGraph& g) {
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    for (int v : g.nodes[n].outputs) {
      if (g.values[at(v)].source == Source::op) g.values[at(v)].index = static_cast<int>(n);
    }
  }
}

void compact(OpGraph& g) {
  OpGraph out;
  Compaction compaction(g, out);
  const std::vector<int> by = compaction.values(used_values(g));
  out.nodes = std::move(g.nodes);
  out.inputs = std::move(g.inputs);
  out.outputs = std::move(g.outputs);
  out.commits = std::move(g.commits);
  replace_all(out.inputs, by);
  for (OpNode& n : out.nodes) replace_all(n.outputs, by);
  replace_uses(out, by);
  for (Commit& c : out.commits) c.variable = compaction.variable(c.variable);
  renumber_nodes(out);
  g = std::move(out);
}

Uses::Uses(const OpGraph& g) : nodes(g.values.size()), outlives(g.values.size(), false) {
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    for (int v : g.nodes[n].inputs) nodes[at(v)].push_back(static_cast<int>(n));
  }
  for (int v : g.outputs) outlives[at(v)] = true;
  for (const Commit& c : g.commits) outlives[at(c.value)] = true;
}

int Uses::only(int value) const {
  if (outlives[at(value)] || nodes[at(value)].size() != 1) return -1;
  return nodes[at(value)].front();
}

int producer(const OpGraph& g, int value) {
  const Value& v = g.values[at(value)];
  return v.source == Source::op ? v.index : -1;
}

bool calls(const OpNode& node, std::string_view op) { return node.op->name == op; }

bool sort_nodes(OpGraph& g) {
  renumber_nodes(g);
  std::vector<int> waits(g.nodes.size(), 0);
  std::vector<std::vector<int>> waiting(g.nodes.size());
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    for (int v : g.nodes[n].inputs) {
      const int p = producer(g, v);
      if (p < 0) continue;
      ++waits[n];
      waiting[at(p)].push_back(static_cast<int>(n));
    }
  }
  std::priority_queue<int, std::vector<int>, std::greater<>> ready;
  for (std::size_t n = 0; n < waits.size(); ++n) {
    if (waits[n] == 0) ready.push(static_cast<int>(n));
  }
  std::vector<int> order;
  while (!ready.empty()) {
    const int n = ready.top();
    ready.pop();
    order.push_back(n);
    for (int w : waiting[at(n)]) {
      if (--waits[at(w)] == 0) ready.push(w);
    }
  }
  if (order.size() != g.nodes.size()) return false;
  std::vector<OpNode> sorted;
  for (int n : order) sorted.push_back(std::move(g.nodes[at(n)]));
  g.nodes = std::move(sorted);
  renumber_nodes(g);
  return true;
}

void remove_nodes(OpGraph& g, const std::vector<bool>& removed) {
  std::vector<OpNode> kept;
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    if (!removed[n]) kept.push_back(std::move(g.nodes[n]));
  }
  g.nodes = std::move(kept);
  compact(g);
}

double scalar_constant(const OpGraph& g, int value, double otherwise) {
  const Value& v = g.values[at(value)];
  if (v.source != Source::constant || v.spec.shape.size() != 1) return otherwise;
  const Tensor& t = g.constants[at(v.index)];
  if (t.device() != "cpu") return otherwise;
  double number = otherwise;
  detail::convert_elements(detail::impl(t).data(), v.spec.dtype, &number, DType::float64, 1);
  return number;
}

}  // namespace weft::plan
