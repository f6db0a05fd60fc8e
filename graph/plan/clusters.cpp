#include "graph/plan/clusters.hpp"

#include <algorithm>

#include "graph/plan/rewrite.hpp"

namespace weft::plan {

Clusters::Clusters(const OpGraph& graph)
    : graph_(graph), cluster_(identity(graph.nodes.size())), next_(graph.nodes.size()) {
  for (std::size_t n = 0; n < graph_.nodes.size(); ++n) {
    members_.push_back({static_cast<int>(n)});
    for (int v : graph_.nodes[n].inputs) {
      if (const int p = producer(graph_, v); p >= 0) next_[at(p)].push_back(static_cast<int>(n));
    }
  }
}

// Whether a node outside of both is on a path from the one to the other. Clusters that were merged
// on the way count as one node: what runs after one member runs after all of them.
bool Clusters::path_around(int from, int to) const {
  const int end = members(to).back();  // paths lead to later nodes
  std::vector<bool> seen(members_.size(), false);
  std::vector<int> open;
  const auto visit = [&](int cluster, bool first) {
    for (int m : members(cluster)) {
      for (int n : next_[at(m)]) {
        const int c = of(n);
        if (c == from || (first && c == to) || seen[at(c)] || members(c).front() > end) continue;
        seen[at(c)] = true;
        open.push_back(c);
      }
    }
  };
  visit(from, true);
  while (!open.empty()) {
    const int c = open.back();
    open.pop_back();
    if (c == to) return true;
    visit(c, false);
  }
  return false;
}

int Clusters::merge(int a, int b) {
  if (a == b) return a;
  if (path_around(a, b) || path_around(b, a)) return -1;
  const int first = std::min(a, b), second = std::max(a, b);
  std::vector<int>& all = members_[at(first)];
  all.insert(all.end(), members(second).begin(), members(second).end());
  std::sort(all.begin(), all.end());
  for (int m : members(second)) cluster_[at(m)] = first;
  members_[at(second)].clear();
  return first;
}

bool replace_clusters(OpGraph& g, std::vector<Replacement> replacements) {
  if (replacements.empty()) return true;
  OpGraph changed = g;
  std::vector<bool> gone(g.nodes.size(), false);
  for (Replacement& r : replacements) {
    for (int m : r.members) gone[at(m)] = true;
    const int place = r.early ? r.members.front() : r.members.back();
    gone[at(place)] = false;
    changed.nodes[at(place)] = std::move(r.node);
  }
  std::vector<OpNode> kept;
  for (std::size_t n = 0; n < changed.nodes.size(); ++n) {
    if (!gone[n]) kept.push_back(std::move(changed.nodes[n]));
  }
  changed.nodes = std::move(kept);
  if (!sort_nodes(changed)) return false;
  g = std::move(changed);
  compact(g);
  return true;
}

}  // namespace weft::plan
