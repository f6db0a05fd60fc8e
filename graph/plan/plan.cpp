#include "graph/plan/plan.hpp"

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

std::string Plan::dump() const { return plan::dump(graph, memory); }
std::string Plan::dot() const { return to_dot(graph); }

namespace {

// As few as possible: host steps next to each other share one, and so do the others. Views go with
// what is before them.
std::vector<Segment> segments_of(const std::vector<PreparedKernel>& kernels) {
  std::vector<Segment> out;
  for (std::size_t n = 0; n < kernels.size(); ++n) {
    const int node = static_cast<int>(n);
    if (out.empty() || (kernels[n].run && kernels[n].host_step != out.back().host))
      out.push_back({node, node, kernels[n].host_step});
    out.back().last = node;
  }
  return out;
}

}  // namespace

std::shared_ptr<Plan> lower(OpGraph graph, Backend& backend, const PassOptions& options) {
  auto plan = std::make_shared<Plan>();
  run_passes(graph, options);
  plan->graph = std::move(graph);
  plan->backend = &backend;
  std::vector<std::size_t> workspace_bytes;
  for (const OpNode& n : plan->graph.nodes) {
    if (n.op->traits.view) {
      plan->kernels.emplace_back();
    } else {
      const std::vector<TensorSpec> in = specs_of(plan->graph, n.inputs),
                                    out = specs_of(plan->graph, n.outputs);
      plan->kernels.push_back(backend.kernels().prepare({*n.op, n.attrs, in, out}));
    }
    workspace_bytes.push_back(plan->kernels.back().workspace_bytes);
  }
  plan->memory = plan_memory(plan->graph, workspace_bytes, options.in_place);
  plan->segments = segments_of(plan->kernels);
  return plan;
}

}  // namespace weft::plan
