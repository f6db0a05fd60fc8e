// scaled_dot_product_attention(q, k, v[, mask][, seed]) -> result, statistics [N, H, T, 2]: of each
// query the largest score and 1 / the sum of exp(score - largest), from which the gradient op makes
// the probabilities anew.
#include <weft/core/ops/scaled_dot_product_attention.h>

#include <cmath>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::fail;
using ops::Specs;

constexpr const char* kName = "scaled_dot_product_attention";

struct Inputs {
  bool masked, dropped;
  explicit Inputs(const Config& attrs)
      : masked(attrs.get<bool>("masked")), dropped(attrs.get<double>("dropout") > 0) {}
  std::size_t count() const { return 3u + (masked ? 1 : 0) + (dropped ? 1 : 0); }
};

bool fit(Dim a, Dim b) { return !a.known() || !b.known() || a == b; }
Dim known_of(Dim a, Dim b) { return a.known() ? a : b; }

void check_shapes(const Specs& in) {
  const Shape &q = in[0].shape, &k = in[1].shape, &v = in[2].shape;
  const std::string received = fmt::format("query.shape={}, key.shape={}, value.shape={}",
                                           q.to_string(), k.to_string(), v.to_string());
  if (q.rank() != 4 || k.rank() != 4 || v.rank() != 4)
    fail(kName, "an operand has the wrong rank", "rank 4: [N, T, heads, features]", received);
  const bool fits = fit(q[0], k[0]) && fit(q[0], v[0]) && fit(k[0], v[0]) && fit(k[1], v[1]) &&
                    fit(q[2], k[2]) && fit(q[2], v[2]) && fit(k[2], v[2]) && fit(q[3], k[3]);
  if (!fits) {
    fail(kName, "query, key and value do not fit", "[N, T, H, D], [N, S, H, D] and [N, S, H, E]",
         received);
  }
  for (std::size_t i = 0; i < 3; ++i) {
    if (in[i].dtype.is_floating() && in[i].dtype == in[0].dtype) continue;
    fail<DtypeError>(
        kName, "the dtypes do not fit", "one floating dtype for all three",
        fmt::format("{}, {} and {}", in[0].dtype.name(), in[1].dtype.name(), in[2].dtype.name()));
  }
}

void check_mask(const TensorSpec& mask, const Shape& scores) {
  bool fits = mask.shape.rank() == 4;
  for (int i = 0; fits && i < 4; ++i) fits = fit(mask.shape[i], scores[i]) || mask.shape[i] == 1;
  if (!fits) {
    fail(kName, "the mask does not broadcast to the scores",
         scores.to_string() + " (batch, heads, query, key), or 1 in place of each",
         mask.shape.to_string());
  }
  if (!(mask.dtype == DType::boolean))
    fail<DtypeError>(kName, "the mask is of another dtype", "bool", mask.dtype.name());
}

Specs infer(const Specs& in, const Config& attrs) {
  const Inputs inputs(attrs);
  ops::check_inputs(kName, in, inputs.count());
  check_shapes(in);
  const Shape &q = in[0].shape, &k = in[1].shape, &v = in[2].shape;
  const Dim n = known_of(known_of(q[0], k[0]), v[0]), h = known_of(known_of(q[2], k[2]), v[2]);
  if (inputs.masked) check_mask(in[3], {n, h, q[1], known_of(k[1], v[1])});
  const DType exact = in[0].dtype == DType::float64 ? DType::float64 : DType::float32;
  return {{{n, q[1], h, v[3]}, in[0].dtype}, {{n, h, q[1], 2}, exact}};
}

/// The inputs, the outputs, the result's gradient -> gradients of q, k, v.
Specs infer_grad(const Specs& in, const Config& attrs) {
  ops::check_inputs("scaled_dot_product_attention_grad", in, Inputs(attrs).count() + 3);
  return {in[0], in[1], in[2]};
}

std::vector<Tensor> grad(const GradArgs& a) {
  std::vector<Tensor> out(a.inputs.size());
  if (!a.grads[0] || !(a.wanted[0] || a.wanted[1] || a.wanted[2])) return out;
  std::vector<Tensor> in = a.inputs;
  in.insert(in.end(), {a.outputs[0], a.outputs[1], a.grads[0]});
  const std::vector<Tensor> made = apply(find_op("scaled_dot_product_attention_grad"), in, a.attrs);
  for (std::size_t i = 0; i < 3; ++i) out[i] = made[i];
  return out;
}

std::vector<Tensor> grad_of_grad(const GradArgs&) { ops::no_second_order(kName); }

}  // namespace

namespace ops {

Tensor dot_product_attention(const Tensor& query, const Tensor& key, const Tensor& value,
                             DotProductAttentionOptions o) {
  if (!(o.dropout >= 0 && o.dropout < 1)) {
    fail<Error>(kName, "the dropout is out of range", "0 <= dropout < 1",
                fmt::format("{}", o.dropout));
  }
  double scale = 1;
  if (o.scale) {
    scale = *o.scale;
  } else if (query.shape().rank() == 4) {
    scale = 1 / std::sqrt(static_cast<double>(query.shape()[-1]));
  }
  std::vector<Tensor> in{query, key, value};
  if (o.mask) in.push_back(o.mask);
  if (o.dropout > 0) in.push_back(o.seed.draw());
  return apply_one(kName, in,
                   {{"scale", scale},
                    {"causal", o.is_causal},
                    {"masked", static_cast<bool>(o.mask)},
                    {"zero_where_masked", o.zero_where_masked},
                    {"dropout", o.dropout}});
}

}  // namespace ops

namespace registration {

void op_scaled_dot_product_attention() {
  register_op({.name = kName, .infer = infer, .grad = grad});
  register_op(
      {.name = "scaled_dot_product_attention_grad", .infer = infer_grad, .grad = grad_of_grad});
}

}  // namespace registration
}  // namespace weft
