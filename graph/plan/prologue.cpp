// What depends on variables that the plan does not change, and on constants, alone: weights that
// are packed, transposed, cast or combined, statistics of a normalisation. It is computed again
// only when one of those variables was written.
#include <algorithm>

#include "graph/plan/passes.hpp"
#include "graph/plan/rewrite.hpp"

namespace weft::plan {
namespace {

bool is_written(const OpGraph& g, int variable) {
  return std::any_of(g.commits.begin(), g.commits.end(),
                     [&](const Commit& c) { return c.variable == variable; });
}

// Its results stay in memory: they must not be much more than what they are made of.
bool stays_small(const OpGraph& g, const OpNode& n) {
  std::size_t in = 0, out = 0;
  for (int v : n.inputs) in += g.values[at(v)].bytes();
  for (int v : n.outputs) out += g.values[at(v)].bytes();
  return out <= 2 * in;
}

}  // namespace

std::vector<bool> prologue_candidates(const OpGraph& g) {
  std::vector<bool> fixed(g.values.size(), false), out(g.nodes.size(), false);
  for (std::size_t v = 0; v < g.values.size(); ++v) {
    const Value& value = g.values[v];
    fixed[v] = value.source == Source::constant ||
               (value.source == Source::variable && !is_written(g, value.index));
  }
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    const OpNode& node = g.nodes[n];
    out[n] =
        !node.op->traits.impure && stays_small(g, node) &&
        std::all_of(node.inputs.begin(), node.inputs.end(), [&](int v) { return fixed[at(v)]; });
    for (int v : node.outputs) fixed[at(v)] = out[n];
  }
  return out;
}

void find_prologue(OpGraph& g) {
  const std::vector<bool> candidates = prologue_candidates(g);
  bool any = false;
  for (std::size_t n = 0; n < g.nodes.size(); ++n)
    any = any || (candidates[n] && !g.nodes[n].op->traits.view);
  if (!any) return;
  std::vector<OpNode> nodes;
  for (const bool first : {true, false}) {
    for (std::size_t n = 0; n < g.nodes.size(); ++n) {
      if (candidates[n] == first) nodes.push_back(std::move(g.nodes[n]));
    }
    if (first) g.prologue = static_cast<int>(nodes.size());
  }
  g.nodes = std::move(nodes);
  renumber_nodes(g);
}

}  // namespace weft::plan
