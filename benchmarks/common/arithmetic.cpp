#include "benchmarks/common/arithmetic.hpp"

#include <algorithm>
#include <string_view>

namespace weft::bench {
namespace {

double size(const plan::OpGraph& g, int value) {
  return static_cast<double>(g.values[static_cast<std::size_t>(value)].spec.shape.size());
}
double dim(const plan::OpGraph& g, int value, int axis) {
  const Dim d = g.values[static_cast<std::size_t>(value)].spec.shape[axis];
  return static_cast<double>(static_cast<std::int64_t>(d));
}

bool is_gradient(std::string_view op) {
  return op.size() > 5 && op.substr(op.size() - 5) == "_grad";
}

const char* kind_of(std::string_view op) {
  const auto begins = [op](std::string_view with) { return op.substr(0, with.size()) == with; };
  if (begins("conv") || begins("depthwise")) return "convolution";
  if (op == "matmul") return "products";
  if (begins("lstm") || begins("gru")) return "recurrence";
  if (begins("scaled_dot_product_attention")) return "attention";
  if (op.size() > 7 && op.substr(op.size() - 7) == "_update") return "optimizer";
  return "other";
}

double multiplications(const plan::OpGraph& g, const plan::OpNode& n) {
  const std::string_view op = n.op->name;
  const auto& in = n.inputs;
  const int out = n.outputs[0];
  if (op == "matmul")
    return size(g, out) * dim(g, in[0], n.attrs.get<bool>("transpose_a", false) ? -2 : -1);
  if (op == "conv") return size(g, out) * size(g, in[1]) / dim(g, in[1], -1);
  if (op == "conv_input_grad") return size(g, in[0]) * size(g, in[1]) / dim(g, in[1], -1);
  if (op == "conv_kernel_grad") return size(g, in[1]) * size(g, out) / dim(g, out, -1);
  const std::string_view kind = kind_of(op);
  if (kind == "recurrence") {
    // x [N, T, I], the states, kernel, recurrent kernel; the gradient is of both and of the input.
    const std::size_t kernel = op.substr(0, 4) == "lstm" ? 3 : 2;
    const double steps = dim(g, in[0], 0) * dim(g, in[0], 1);
    return steps * (size(g, in[kernel]) + size(g, in[kernel + 1])) * (is_gradient(op) ? 2 : 1);
  }
  if (kind == "attention") {
    // Two products forward; five backward, because the scores are made again.
    const double one = size(g, in[0]) * dim(g, in[1], 1);
    return one * (is_gradient(op) ? 5 : 2);
  }
  return 0;
}

}  // namespace

double floating_point_operations(const plan::OpGraph& g) {
  double sum = 0;
  for (const plan::OpNode& n : g.nodes) sum += 2 * multiplications(g, n);
  return sum;
}

std::vector<Share> time_by_kind(const plan::OpGraph& g, const executor::Profiler& profiler) {
  std::vector<Share> out;
  for (const char* kind :
       {"convolution", "products", "recurrence", "attention", "optimizer", "other"}) {
    double ms = 0;
    for (std::size_t n = 0; n < g.nodes.size(); ++n) {
      if (std::string_view(kind_of(g.nodes[n].op->name)) == kind)
        ms += profiler.node_ms(static_cast<int>(n));
    }
    if (ms > 0) out.push_back({kind, ms});
  }
  return out;
}

}  // namespace weft::bench
