// The op "matmul": inputs a [..., M, K] and b [..., K, N], attributes `transpose_a` and
// `transpose_b` (bool, false when absent: a is stored [..., K, M], b is stored [..., N, K]).
//
// The form that passes make of a product, an addition and an activation:
//   third input       bias [N], of the product's dtype: added to each row
//   `activation`      "relu", "sigmoid" or "tanh", applied after the bias; "" when absent
// Its bits are those of matmul, add and the pointwise op one after the other. It has no gradient:
// passes run when the gradient is already there. Kernels: epilogue.hpp in backends/shapes.
//   `dtype`           of the sums, the bias and the output, where it is not that of a and b
//                     (graph/plan/bfloat16_products.cpp)
#include <weft/core/ops/matmul.h>

#include <weft/core/ops/expand_dims.h>
#include <weft/core/ops/reshape.h>
#include <weft/core/ops/squeeze.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::fail;

struct Matrices {
  bool transpose_a, transpose_b;
  explicit Matrices(const Config& attrs)
      : transpose_a(attrs.get<bool>("transpose_a", false)),
        transpose_b(attrs.get<bool>("transpose_b", false)) {}
};

bool fits(Dim a, Dim b) { return !a.known() || !b.known() || a == b; }

Shape batch_of(const Shape& s) {
  Shape out;
  for (int i = 0; i + 2 < s.rank(); ++i) out.push_back(s[i]);
  return out;
}

/// Of the form with a bias or an activation.
void check_epilogue(const std::vector<TensorSpec>& inputs, const Config& attrs, Dim columns) {
  const std::string activation = attrs.get<std::string>("activation", "");
  if (inputs.size() == 3 && !(inputs[2].shape.rank() == 1 && fits(inputs[2].shape[0], columns))) {
    fail("matmul", "the bias does not fit", "bias.shape=(" + ops::dim_text(columns) + ",)",
         "bias.shape=" + inputs[2].shape.to_string());
  }
  if (activation.empty()) return;
  if (activation != "relu" && activation != "sigmoid" && activation != "tanh") {
    fail<GraphError>("matmul", "no such activation is part of a product",
                     "'relu', 'sigmoid' or 'tanh'", "'" + activation + "'");
  }
  if (!inputs[0].dtype.is_floating()) {
    fail<DtypeError>("matmul", "an activation of integers", "a floating dtype",
                     inputs[0].dtype.name());
  }
}

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  if (inputs.size() != 3) ops::check_inputs("matmul", inputs, 2);
  const Shape &a = inputs[0].shape, &b = inputs[1].shape;
  const Matrices m(attrs);
  const std::string received = "x1.shape=" + a.to_string() + ", x2.shape=" + b.to_string();
  if (a.rank() < 2 || b.rank() < 2)
    fail("matmul", "an operand is no matrix", "rank 2 or more", received);
  const Dim rows = a[m.transpose_a ? -1 : -2], inner_a = a[m.transpose_a ? -2 : -1];
  const Dim inner_b = b[m.transpose_b ? -1 : -2], columns = b[m.transpose_b ? -2 : -1];
  if (!fits(inner_a, inner_b)) {
    fail("matmul", "the inner dimensions differ",
         "x1.shape[-1] == x2.shape[-2], here " + ops::dim_text(inner_a) + " and " +
             ops::dim_text(inner_b),
         received);
  }
  if (inputs[0].dtype == DType::boolean) {
    fail<DtypeError>("matmul", "bool matrices have no product", "a number type (cast them first)",
                     "bool");
  }
  check_epilogue(inputs, attrs, columns);
  Shape out = ops::broadcast_shapes("matmul", batch_of(a), batch_of(b));
  out.push_back(rows);
  out.push_back(columns);
  return {{out, ops::product_dtype(inputs, attrs)}};
}

Tensor product(const Tensor& a, bool transpose_a, const Tensor& b, bool transpose_b) {
  Config attrs;
  if (transpose_a) attrs.set("transpose_a", true);
  if (transpose_b) attrs.set("transpose_b", true);
  return apply_one("matmul", {a, b}, attrs);
}

/// Rows of all batches under each other, so that the sum over the batch is part of one product.
Tensor as_rows(const Tensor& x) { return ops::reshape(x, {-1, x.shape()[-1]}); }

std::vector<Tensor> grad(const GradArgs& args) {
  if (args.inputs.size() == 3 || args.attrs.contains("activation")) {
    throw GraphError(
        "matmul: no gradient with a bias or an activation. Expected: that form only in plans, made "
        "after differentiation; apply matmul, add and the activation one after the other.");
  }
  const Matrices m(args.attrs);
  const Tensor &a = args.inputs[0], &b = args.inputs[1], &g = args.grads[0];
  std::vector<Tensor> out(2);
  if (args.wanted[0]) {
    const Tensor d =
        m.transpose_a ? product(b, m.transpose_b, g, true) : product(g, false, b, !m.transpose_b);
    out[0] = ops::sum_to(d, a.shape());
  }
  if (args.wanted[1]) {
    const bool shared =
        b.shape().rank() == 2 && a.shape().rank() > 2 && !m.transpose_a && a.shape().known();
    const Tensor x = shared ? as_rows(a) : a, dy = shared ? as_rows(g) : g;
    const Tensor d =
        m.transpose_b ? product(dy, true, x, m.transpose_a) : product(x, !m.transpose_a, dy, false);
    out[1] = ops::sum_to(d, b.shape());
  }
  return out;
}

}  // namespace

namespace ops {

Tensor matmul(const Tensor& x1, const Tensor& x2) {
  const int rank1 = x1.shape().rank(), rank2 = x2.shape().rank();
  if (rank1 == 0 || rank2 == 0) {
    fail("matmul", "an operand is a scalar", "vectors or matrices (use * for scalars)",
         "x1.shape=" + x1.shape().to_string() + ", x2.shape=" + x2.shape().to_string());
  }
  Tensor y = product(rank1 == 1 ? expand_dims(x1, 0) : x1, false,
                     rank2 == 1 ? expand_dims(x2, 1) : x2, false);
  if (rank2 == 1) y = squeeze(y, -1);
  if (rank1 == 1) y = squeeze(y, rank2 == 1 ? -1 : -2);
  return y;
}

}  // namespace ops

namespace registration {

void op_matmul() {
  register_op({.name = "matmul",
               .infer = infer,
               .grad = grad,
               .traits = {.promotion = Promotion::common},
               .keras_class = "Matmul"});
}

}  // namespace registration
}  // namespace weft
