#include "graph/plan/largest_buffers.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace weft::plan {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

std::string layer_of(const OpNode& n) {
  return n.scope.empty() ? std::string() : " in layer '" + n.scope + "'";
}

/// By buffer of the arena: what lies there first.
std::vector<std::string> tenants(const Plan& plan) {
  const OpGraph& g = plan.graph;
  std::vector<std::string> out(plan.memory.buffers.size());
  const auto name = [&](const Location& l, const auto& text) {
    if (l.place == Place::arena && l.index >= 0 && out[at(l.index)].empty())
      out[at(l.index)] = text();
  };
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    const OpNode& node = g.nodes[n];
    for (int v : node.outputs) {
      name(plan.memory.values[at(v)], [&] {
        const TensorSpec& spec = g.values[at(v)].spec;
        return fmt::format("output of {} {} {}{}", node.op->name, spec.dtype.name(),
                           spec.shape.to_string(), layer_of(node));
      });
    }
    name(plan.memory.workspaces[n],
         [&] { return fmt::format("workspace of {}{}", node.op->name, layer_of(node)); });
  }
  return out;
}

}  // namespace

std::string largest_buffers(const Plan& plan, std::size_t count) {
  const std::vector<Buffer>& buffers = plan.memory.buffers;
  std::vector<std::size_t> order(buffers.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  count = std::min(count, order.size());
  std::partial_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
      [&](std::size_t a, std::size_t b) {
        return buffers[a].bytes != buffers[b].bytes ? buffers[a].bytes > buffers[b].bytes : a < b;
      });
  const std::vector<std::string> names = tenants(plan);
  std::string out;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string& name = names[order[i]];
    out +=
        fmt::format("\n  {:9.1f} MiB  {}", static_cast<double>(buffers[order[i]].bytes) / (1 << 20),
                    name.empty() ? "a variable's value of before the step" : name);
  }
  return out;
}

}  // namespace weft::plan
