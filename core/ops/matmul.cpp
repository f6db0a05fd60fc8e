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

Shape batch_of(const Shape& s) {
  Shape out;
  for (int i = 0; i + 2 < s.rank(); ++i) out.push_back(s[i]);
  return out;
}

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  ops::check_inputs("matmul", inputs, 2);
  const Shape &a = inputs[0].shape, &b = inputs[1].shape;
  const Matrices m(attrs);
  const std::string received = "x1.shape=" + a.to_string() + ", x2.shape=" + b.to_string();
  if (a.rank() < 2 || b.rank() < 2)
    fail("matmul", "an operand is no matrix", "rank 2 or more", received);
  const Dim rows = a[m.transpose_a ? -1 : -2], inner_a = a[m.transpose_a ? -2 : -1];
  const Dim inner_b = b[m.transpose_b ? -1 : -2], columns = b[m.transpose_b ? -2 : -1];
  if (inner_a.known() && inner_b.known() && !(inner_a == inner_b)) {
    fail("matmul", "the inner dimensions differ",
         "x1.shape[-1] == x2.shape[-2], here " + ops::dim_text(inner_a) + " and " +
             ops::dim_text(inner_b),
         received);
  }
  if (inputs[0].dtype == DType::boolean) {
    fail<DtypeError>("matmul", "bool matrices have no product", "a number type (cast them first)",
                     "bool");
  }
  Shape out = ops::broadcast_shapes("matmul", batch_of(a), batch_of(b));
  out.push_back(rows);
  out.push_back(columns);
  return {{out, inputs[0].dtype}};
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
