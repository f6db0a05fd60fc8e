#include "graph/plan/op_graph.hpp"

namespace weft::plan {

int OpGraph::add_value(TensorSpec spec, Source source, int index) {
  values.push_back({spec, source, index});
  return static_cast<int>(values.size()) - 1;
}

std::vector<int> OpGraph::last_uses() const {
  std::vector<int> last(values.size(), -1);
  for (std::size_t n = 0; n < nodes.size(); ++n) {
    for (int v : nodes[n].inputs) last[static_cast<std::size_t>(v)] = static_cast<int>(n);
  }
  const int end = static_cast<int>(nodes.size());
  for (int v : outputs) last[static_cast<std::size_t>(v)] = end;
  for (const Commit& c : commits) last[static_cast<std::size_t>(c.value)] = end;
  return last;
}

std::vector<TensorSpec> specs_of(const OpGraph& graph, const std::vector<int>& values) {
  std::vector<TensorSpec> out;
  out.reserve(values.size());
  for (int v : values) out.push_back(graph.values[static_cast<std::size_t>(v)].spec);
  return out;
}

}  // namespace weft::plan
