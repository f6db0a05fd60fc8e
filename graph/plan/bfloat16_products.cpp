// set_float32_matmul_precision("medium"): the operands of float32 products are cast to bfloat16,
// each value once however many products read it; sums, and what the products give, stay float32.
#include <weft/core/backend.h>

#include <algorithm>
#include <unordered_map>

#include "graph/plan/passes.hpp"
#include "graph/plan/rewrite.hpp"

namespace weft::plan {
namespace {

bool is_product(const OpGraph& g, const OpNode& n) {
  static constexpr const char* products[] = {"matmul", "conv", "conv_input_grad",
                                             "conv_kernel_grad"};
  const auto is_float32 = [&](int v) { return g.values[at(v)].spec.dtype == DType::float32; };
  return n.inputs.size() == 2 && is_float32(n.inputs[0]) && is_float32(n.inputs[1]) &&
         is_float32(n.outputs[0]) &&
         std::any_of(std::begin(products), std::end(products),
                     [&](const char* op) { return calls(n, op); });
}

class Narrower {
 public:
  Narrower(OpGraph& graph, Backend& backend) : g_(graph), backend_(backend) {}

  void run() {
    std::vector<OpNode> all;
    all.swap(g_.nodes);
    for (OpNode& n : all) {
      if (is_product(g_, n) && !loses_library(n)) {
        for (int& v : n.inputs) v = narrow(v, n.scope);
        n.attrs.set("dtype", DType(DType::float32));
      }
      g_.nodes.push_back(std::move(n));
    }
    renumber_nodes(g_);
  }

 private:
  // Whether a library makes the product of float32, and none that of bfloat16.
  bool loses_library(const OpNode& n) const {
    Config attrs = n.attrs;
    std::vector<TensorSpec> inputs = specs_of(g_, n.inputs);
    const std::vector<TensorSpec> outputs = specs_of(g_, n.outputs);
    if (backend_.prepare({*n.op, attrs, inputs, outputs}).reference) return false;
    for (TensorSpec& in : inputs) in.dtype = DType::bfloat16;
    attrs.set("dtype", DType(DType::float32));
    return backend_.prepare({*n.op, attrs, inputs, outputs}).reference;
  }

  int narrow(int value, const std::string& scope) {
    const auto [found, is_new] = casts_.try_emplace(value, -1);
    if (is_new) {
      found->second =
          g_.add_value({g_.values[at(value)].spec.shape, DType::bfloat16}, Source::op, 0);
      OpNode cast;
      cast.op = &find_op("cast");
      cast.attrs.set("dtype", DType(DType::bfloat16));
      cast.inputs = {value};
      cast.outputs = {found->second};
      cast.scope = scope;
      g_.nodes.push_back(std::move(cast));
    }
    return found->second;
  }

  OpGraph& g_;
  Backend& backend_;
  std::unordered_map<int, int> casts_;  // by value: the same in bfloat16
};

}  // namespace

void make_bfloat16_products(OpGraph& g, Backend& backend) { Narrower(g, backend).run(); }

bool has_float32_products(const OpGraph& g) {
  return std::any_of(g.nodes.begin(), g.nodes.end(),
                     [&](const OpNode& n) { return is_product(g, n); });
}

}  // namespace weft::plan
