#include "graph/plan/passes.hpp"

#include <unordered_map>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "core/eager.hpp"
#include "core/op_registry.hpp"

namespace weft::plan {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

void replace_all(std::vector<int>& values, const std::vector<int>& by) {
  for (int& v : values) v = by[at(v)];
}

void replace_uses(OpGraph& g, const std::vector<int>& by) {
  for (OpNode& n : g.nodes) replace_all(n.inputs, by);
  replace_all(g.outputs, by);
  for (Commit& c : g.commits) c.value = by[at(c.value)];
}

std::vector<int> identity(std::size_t n) {
  std::vector<int> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = static_cast<int>(i);
  return out;
}

bool all_constant(const OpGraph& g, const OpNode& n) {
  for (int v : n.inputs) {
    if (g.values[at(v)].source != Source::constant) return false;
  }
  return true;
}

std::size_t output_bytes(const OpGraph& g, const OpNode& n) {
  std::size_t bytes = 0;
  for (int v : n.outputs) bytes += g.values[at(v)].bytes();
  return bytes;
}

void fold(OpGraph& g, const OpNode& n) {
  std::vector<Tensor> in;
  for (int v : n.inputs) in.push_back(g.constants[at(g.values[at(v)].index)]);
  const std::vector<Tensor> out =
      detail::run_eager(*n.op, in, n.attrs, specs_of(g, n.inputs), specs_of(g, n.outputs));
  for (std::size_t i = 0; i < out.size(); ++i) {
    Value& v = g.values[at(n.outputs[i])];
    v.source = Source::constant;
    v.index = static_cast<int>(g.constants.size());
    g.constants.push_back(out[i]);
  }
}

std::size_t hash_call(const OpNode& n) {
  std::size_t h = std::hash<const void*>()(n.op) ^ detail::hash_of(n.attrs);
  for (int v : n.inputs) h ^= at(v) + 0x9e3779b97f4a7c15ULL + (h << 6) + (h >> 2);
  return h;
}

bool same_call(const OpNode& a, const OpNode& b) {
  return a.op == b.op && a.inputs == b.inputs && detail::same(a.attrs, b.attrs);
}

// Scalars that are the same constant become one value, so that calls on them can be merged.
void merge_constants(OpGraph& g, std::vector<int>& by) {
  constexpr std::size_t small = 64;
  std::unordered_multimap<std::string, int> seen;
  for (std::size_t v = 0; v < g.values.size(); ++v) {
    const Value& value = g.values[v];
    if (value.source != Source::constant || value.bytes() > small) continue;
    const Tensor& t = g.constants[at(value.index)];
    if (t.device() != "cpu") continue;
    std::string key(static_cast<const char*>(detail::impl(t).data()), value.bytes());
    key += value.spec.shape.to_string() + value.spec.dtype.name();
    const auto found = seen.find(key);
    if (found == seen.end())
      seen.emplace(std::move(key), static_cast<int>(v));
    else
      by[v] = found->second;
  }
}

// Renumbers values, constants and variables to those that are still used.
void compact(OpGraph& g) {
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

  OpGraph out;
  std::vector<int> value_by(g.values.size(), -1);
  std::vector<int> variable_by(g.variables.size(), -1);
  const auto variable = [&](int old) {
    if (variable_by[at(old)] < 0) {
      variable_by[at(old)] = static_cast<int>(out.variables.size());
      out.variables.push_back(g.variables[at(old)]);
      out.reads.push_back(-1);
    }
    return variable_by[at(old)];
  };
  for (std::size_t v = 0; v < g.values.size(); ++v) {
    if (!used[v]) continue;
    Value value = g.values[v];
    const int number = static_cast<int>(out.values.size());
    if (value.source == Source::constant) {
      out.constants.push_back(g.constants[at(value.index)]);
      value.index = static_cast<int>(out.constants.size()) - 1;
    } else if (value.source == Source::variable) {
      value.index = variable(value.index);
      out.reads[at(value.index)] = number;
    }
    value_by[v] = number;
    out.values.push_back(std::move(value));
  }
  out.nodes = std::move(g.nodes);
  out.inputs = std::move(g.inputs);
  out.outputs = std::move(g.outputs);
  out.commits = std::move(g.commits);
  for (std::size_t n = 0; n < out.nodes.size(); ++n) {
    replace_all(out.nodes[n].inputs, value_by);
    replace_all(out.nodes[n].outputs, value_by);
    for (int v : out.nodes[n].outputs) {
      if (out.values[at(v)].source == Source::op) out.values[at(v)].index = static_cast<int>(n);
    }
  }
  replace_all(out.inputs, value_by);
  replace_all(out.outputs, value_by);
  for (Commit& c : out.commits) c = {variable(c.variable), value_by[at(c.value)]};
  g = std::move(out);
}

}  // namespace

void fold_constants(OpGraph& g, std::size_t max_bytes) {
  std::vector<OpNode> kept;
  for (OpNode& n : g.nodes) {
    if (!n.op->traits.impure && all_constant(g, n) && output_bytes(g, n) <= max_bytes)
      fold(g, n);
    else
      kept.push_back(std::move(n));
  }
  g.nodes = std::move(kept);
  compact(g);
}

void merge_common_subexpressions(OpGraph& g) {
  std::vector<int> by = identity(g.values.size());
  merge_constants(g, by);
  std::unordered_multimap<std::size_t, std::size_t> seen;
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    OpNode& n = g.nodes[i];
    replace_all(n.inputs, by);
    if (n.op->traits.impure) continue;
    const std::size_t h = hash_call(n);
    const auto [first, last] = seen.equal_range(h);
    auto match = first;
    while (match != last && !same_call(g.nodes[match->second], n)) ++match;
    if (match == last) {
      seen.emplace(h, i);
      continue;
    }
    for (std::size_t o = 0; o < n.outputs.size(); ++o)
      by[at(n.outputs[o])] = g.nodes[match->second].outputs[o];
  }
  replace_uses(g, by);
}

namespace {

// What a kernel makes only where it is asked for: the last outputs that nobody uses.
void drop_unused_outputs(OpNode& n, const std::vector<bool>& needed) {
  for (int i = detail::optional_outputs(*n.op); i > 0 && !needed[at(n.outputs.back())]; --i)
    n.outputs.pop_back();
}

}  // namespace

void remove_dead_code(OpGraph& g) {
  std::vector<bool> needed(g.values.size(), false);
  for (int v : g.outputs) needed[at(v)] = true;
  for (const Commit& c : g.commits) needed[at(c.value)] = true;
  std::vector<bool> keep(g.nodes.size(), false);
  for (std::size_t i = g.nodes.size(); i-- > 0;) {
    for (int v : g.nodes[i].outputs) keep[i] = keep[i] || needed[at(v)];
    if (!keep[i]) continue;
    drop_unused_outputs(g.nodes[i], needed);
    for (int v : g.nodes[i].inputs) needed[at(v)] = true;
  }
  std::vector<OpNode> kept;
  for (std::size_t i = 0; i < g.nodes.size(); ++i) {
    if (keep[i]) kept.push_back(std::move(g.nodes[i]));
  }
  g.nodes = std::move(kept);
  compact(g);
}

void run_passes(OpGraph& g, const PassOptions& options) {
  if (options.constants) fold_constants(g);
  if (options.common_subexpressions) merge_common_subexpressions(g);
  if (options.dead_code) remove_dead_code(g);
}

}  // namespace weft::plan
