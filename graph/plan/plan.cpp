#include "graph/plan/plan.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "graph/plan/dump.hpp"

namespace weft::plan {

int Plan::reference_ops() const {
  int count = 0;
  for (const PreparedKernel& k : kernels) count += k.reference ? 1 : 0;
  return count;
}

int Plan::op_count() const {
  int count = 0;
  for (const PreparedKernel& k : kernels) count += k.run ? 1 : 0;
  return count;
}

// With each node's kernel, and why others were not taken.
std::string Plan::dump() const {
  std::string out = plan::dump(graph, memory);
  for (std::size_t n = 0; n < kernels.size(); ++n) {
    const PreparedKernel& kernel = kernels[n];
    if (!kernel.run) continue;
    out += fmt::format("kernel of %{}: {}", graph.nodes[n].outputs.front(), kernel.name);
    if (!kernel.declined.empty()) out += fmt::format(" ({})", kernel.declined);
    out += '\n';
  }
  return out;
}
std::string Plan::dot() const { return to_dot(graph); }

std::size_t arena_bytes_without_workspaces(const Plan& plan) {
  std::vector<Buffer> buffers = plan.memory.buffers;
  for (const Location& workspace : plan.memory.workspaces) {
    if (workspace.index >= 0) buffers[static_cast<std::size_t>(workspace.index)].bytes = 0;
  }
  return lay_out(buffers);
}

namespace {

// A node that says so runs on the host, and may wait for the device there.
bool is_host_step(const OpNode& n) { return n.attrs.get<bool>("host_step", false); }

// By the first `count` nodes.
std::vector<int> variables_read(const OpGraph& g, int count) {
  std::vector<int> out;
  for (int n = 0; n < count; ++n) {
    for (int v : g.nodes[static_cast<std::size_t>(n)].inputs) {
      const Value& value = g.values[static_cast<std::size_t>(v)];
      if (value.source == Source::variable) out.push_back(value.index);
    }
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace

// Host steps next to each other share one, and so do the others. Views go with
// what is before them.
std::vector<Segment> segments_of(const Plan& plan) {
  std::vector<Segment> out;
  for (std::size_t n = 0; n < plan.graph.nodes.size(); ++n) {
    const int node = static_cast<int>(n);
    const bool host = is_host_step(plan.graph.nodes[n]);
    const bool prologue = node < plan.graph.prologue;
    if (out.empty() || prologue != out.back().prologue ||
        (plan.kernels[n].run && host != out.back().host))
      out.push_back({node, node, host, prologue});
    out.back().last = node;
  }
  return out;
}

std::shared_ptr<Plan> lower(OpGraph graph, Backend& backend, const PassOptions& given) {
  auto plan = std::make_shared<Plan>();
  PassOptions options = with_environment(given);
  if (backend.only_plans()) options.constants = false;  // to fold them is to run kernels
  run_passes(graph, options, backend);
  plan->graph = std::move(graph);
  plan->backend = &backend;
  if (!backend.only_plans()) {
    for (Tensor& constant : plan->graph.constants) constant = constant.to(backend.device());
  }
  const bool refuses_late = backend.refused() != nullptr;
  std::vector<NodeNeeds> needs;
  for (const OpNode& n : plan->graph.nodes) {
    if (n.op->traits.view) {
      plan->kernels.emplace_back();
    } else {
      const std::vector<TensorSpec> in = specs_of(plan->graph, n.inputs),
                                    out = specs_of(plan->graph, n.outputs);
      plan->kernels.push_back(backend.prepare({*n.op, n.attrs, in, out}));
    }
    const PreparedKernel& kernel = plan->kernels.back();
    needs.push_back({kernel.workspace_bytes, kernel.last_output_bytes,
                     !refuses_late || kernel.honours_refusals});
  }
  plan->memory = plan_memory(plan->graph, needs, options.in_place);
  plan->segments = segments_of(*plan);
  plan->prologue_variables = variables_read(plan->graph, plan->graph.prologue);
  return plan;
}

}  // namespace weft::plan
