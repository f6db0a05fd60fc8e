// Nodes that do nothing, or that another node can do on the way: casts and reshapes behind each
// other, products by one, broadcasts in front of ops that broadcast, transposes in front of matmul.
#include "core/config_access.hpp"
#include "graph/plan/passes.hpp"
#include "graph/plan/rewrite.hpp"

namespace weft::plan {
namespace {

// Whether every value of `from` is one of `to`: a cast there changes nothing.
bool holds_all(DType to, DType from) {
  if (to == from || from == DType::boolean) return true;
  if (from.is_floating()) {
    return to == DType::float64 || (to == DType::float32 && from.itemsize() == 2);
  }
  const std::size_t bits = 8 * from.itemsize();
  if (to.is_floating())
    return (to == DType::float32 && bits <= 16) || (to == DType::float64 && bits <= 32);
  const bool from_signed = from.name()[0] == 'i', to_signed = to.name()[0] == 'i';
  if (to == DType::boolean || (from_signed && !to_signed)) return false;
  return from_signed == to_signed ? to.itemsize() >= from.itemsize()
                                  : to.itemsize() > from.itemsize();
}

class Simplifier {
 public:
  explicit Simplifier(OpGraph& graph) : g_(graph), by_(identity(graph.values.size())) {}

  void run() {
    for (std::size_t n = 0; n < g_.nodes.size(); ++n) {
      OpNode& node = g_.nodes[n];
      for (int& v : node.inputs) v = by_[at(v)];
      if (node.inputs.empty() || node.outputs.size() != 1) continue;
      if (calls(node, "cast"))
        skip_cast(node);
      else if (calls(node, "reshape"))
        skip_reshape(node);
      else if (node.op->traits.pointwise)
        skip_broadcasts(node);
      if (calls(node, "multiply") || calls(node, "true_divide")) skip_one(node);
      if (calls(node, "matmul")) fold_transposes(node);
    }
    replace_uses(g_, by_);
  }

 private:
  const TensorSpec& spec(int v) const { return g_.values[at(v)].spec; }
  bool same_spec(int a, int b) const {
    return spec(a).shape == spec(b).shape && spec(a).dtype == spec(b).dtype;
  }
  void become(const OpNode& node, int value) { by_[at(node.outputs[0])] = value; }
  // The node that makes the value, when it calls this op; else null.
  const OpNode* made_by(int value, std::string_view op) const {
    const int p = producer(g_, value);
    return p >= 0 && calls(g_.nodes[at(p)], op) ? &g_.nodes[at(p)] : nullptr;
  }

  void skip_cast(OpNode& node) {
    const OpNode* before = made_by(node.inputs[0], "cast");
    if (before != nullptr && holds_all(spec(node.inputs[0]).dtype, spec(before->inputs[0]).dtype))
      node.inputs[0] = before->inputs[0];
    if (same_spec(node.inputs[0], node.outputs[0])) become(node, node.inputs[0]);
  }

  void skip_reshape(OpNode& node) {
    if (const OpNode* before = made_by(node.inputs[0], "reshape"))
      node.inputs[0] = before->inputs[0];
    if (same_spec(node.inputs[0], node.outputs[0])) become(node, node.inputs[0]);
    // What stands in the attribute may be -1, which counts from another input now.
    node.attrs.set("shape", spec(node.outputs[0]).shape);
  }

  // x * 1 and x / 1 are x, to the sign of zero.
  void skip_one(OpNode& node) {
    if (!spec(node.outputs[0]).dtype.is_floating()) return;
    if (scalar_constant(g_, node.inputs[1], 0) == 1 && same_spec(node.inputs[0], node.outputs[0]))
      become(node, node.inputs[0]);
    else if (calls(node, "multiply") && scalar_constant(g_, node.inputs[0], 0) == 1 &&
             same_spec(node.inputs[1], node.outputs[0]))
      become(node, node.inputs[1]);
  }

  // A pointwise op broadcasts by itself, as long as another operand has the full shape.
  void skip_broadcasts(OpNode& node) {
    const Shape& whole = spec(node.outputs[0]).shape;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const OpNode* before = made_by(node.inputs[i], "broadcast_to");
      if (before == nullptr) continue;
      std::vector<int> inputs = node.inputs;
      inputs[i] = before->inputs[0];
      bool full = false;
      for (int v : inputs) full = full || spec(v).shape == whole;
      if (full) node.inputs = inputs;
    }
  }

  // Whether the node exchanges the last two axes and leaves the others.
  bool swaps_last_axes(const OpNode& node) const {
    const int rank = spec(node.inputs[0]).shape.rank();
    if (rank < 2) return false;
    if (!node.attrs.contains("axes") || node.attrs["axes"].is_null()) return rank == 2;
    const auto axes = node.attrs.get<std::vector<std::int64_t>>("axes");
    for (int i = 0; i < rank; ++i) {
      const int expected = i == rank - 1 ? rank - 2 : i == rank - 2 ? rank - 1 : i;
      const std::int64_t axis = axes[at(i)] < 0 ? axes[at(i)] + rank : axes[at(i)];
      if (axis != expected) return false;
    }
    return true;
  }

  void fold_transposes(OpNode& node) {
    static constexpr const char* names[] = {"transpose_a", "transpose_b"};
    for (std::size_t i = 0; i < 2; ++i) {
      const OpNode* before = made_by(node.inputs[i], "transpose");
      if (before == nullptr || !swaps_last_axes(*before)) continue;
      node.inputs[i] = before->inputs[0];
      if (node.attrs.get<bool>(names[i], false))
        node.attrs.erase(names[i]);
      else
        node.attrs.set(names[i], true);
    }
  }

  OpGraph& g_;
  std::vector<int> by_;
};

}  // namespace

void simplify(OpGraph& g) {
  Simplifier(g).run();
  remove_dead_code(g);
}

}  // namespace weft::plan
