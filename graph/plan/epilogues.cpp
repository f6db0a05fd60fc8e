// A product's or a convolution's bias and activation become part of it: the sums are in registers
// then, and what was between them is never stored.
#include "core/config_access.hpp"
#include "graph/plan/clusters.hpp"
#include "graph/plan/passes.hpp"
#include "graph/plan/rewrite.hpp"

namespace weft::plan {
namespace {

bool takes_epilogue(const OpGraph& g, const OpNode& n) {
  if (!calls(n, "matmul") && !calls(n, "conv")) return false;
  return n.inputs.size() == 2 && n.outputs.size() == 1 && !n.attrs.contains("activation") &&
         g.values[at(n.outputs[0])].spec.dtype.is_floating();
}

bool takes_activation(const OpNode& host, const OpNode& n) {
  if (n.attrs.size() != 0) return false;
  return calls(n, "relu") || (calls(host, "matmul") && (calls(n, "sigmoid") || calls(n, "tanh")));
}

// Adds what follows a product and nobody else uses.
class Epilogue {
 public:
  Epilogue(const OpGraph& graph, const Uses& uses, int node)
      : g_(graph), uses_(uses), result_{{node}, graph.nodes[at(node)]} {
    take_bias();
    take_activation();
  }
  bool any() const { return result_.members.size() > 1; }
  Replacement take() { return std::move(result_); }

 private:
  const OpNode* follower(int& number) const {
    number = uses_.only(result_.node.outputs[0]);
    return number < 0 ? nullptr : &g_.nodes[at(number)];
  }

  void take_bias() {
    int number = -1;
    const OpNode* add = follower(number);
    if (add == nullptr || !calls(*add, "add")) return;
    const int bias = add->inputs[add->inputs[0] == result_.node.outputs[0] ? 1 : 0];
    const TensorSpec &b = g_.values[at(bias)].spec, &out = g_.values[at(add->outputs[0])].spec;
    const TensorSpec& product = g_.values[at(result_.node.outputs[0])].spec;
    if (b.shape.rank() != 1 || out.shape.rank() < 2 || !(b.shape[0] == out.shape[-1]) ||
        !(out.shape == product.shape) || !(b.dtype == out.dtype))
      return;
    result_.node.inputs.push_back(bias);
    absorb(number, *add);
  }

  void take_activation() {
    int number = -1;
    const OpNode* activation = follower(number);
    if (activation == nullptr || !takes_activation(result_.node, *activation)) return;
    result_.node.attrs.set("activation", activation->op->name);
    absorb(number, *activation);
  }

  void absorb(int number, const OpNode& node) {
    result_.members.push_back(number);
    result_.node.outputs = node.outputs;
  }

  const OpGraph& g_;
  const Uses& uses_;
  Replacement result_;
};

}  // namespace

void fuse_epilogues(OpGraph& g) {
  const Uses uses(g);
  std::vector<Replacement> found;
  for (std::size_t n = 0; n < g.nodes.size(); ++n) {
    if (!takes_epilogue(g, g.nodes[n])) continue;
    Epilogue e(g, uses, static_cast<int>(n));
    if (e.any()) found.push_back(e.take());
  }
  replace_clusters(g, std::move(found));
}

}  // namespace weft::plan
