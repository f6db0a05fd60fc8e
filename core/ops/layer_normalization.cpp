// layer_normalization(x[, gamma][, beta]) -> y, mean, 1 / sqrt(variance + epsilon); the last two in
// the shape of x without its normalized axes.
#include <weft/core/ops/layer_normalization.h>

#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::fail;
using ops::Specs;

constexpr const char* kName = "layer_normalization";

struct Inputs {
  bool gamma, beta;
  explicit Inputs(const Config& attrs)
      : gamma(attrs.get<bool>("gamma")), beta(attrs.get<bool>("beta")) {}
};

Specs infer(const Specs& in, const Config& attrs) {
  const Inputs has(attrs);
  ops::check_inputs(kName, in, 1u + (has.gamma ? 1 : 0) + (has.beta ? 1 : 0));
  const Shape& x = in[0].shape;
  const auto axes = attrs.get<int>("axes");
  if (axes < 1 || axes > x.rank())
    fail(kName, "x has too few axes", fmt::format("rank {} or more", axes), x.to_string());
  if (!in[0].dtype.is_floating())
    fail<DtypeError>(kName, "x is not floating", "a floating dtype", in[0].dtype.name());
  Shape rows, normalized;
  for (int i = 0; i < x.rank(); ++i) (i < x.rank() - axes ? rows : normalized).push_back(x[i]);
  for (std::size_t i = 1; i < in.size(); ++i) {
    const Shape& w = in[i].shape;
    bool fits = w.rank() == axes && in[i].dtype == in[0].dtype;
    for (int d = 0; fits && d < axes; ++d)
      fits = !w[d].known() || !normalized[d].known() || w[d] == normalized[d];
    if (fits) continue;
    fail(kName, "gamma or beta does not fit x",
         fmt::format("{} of shape {}", in[0].dtype.name(), normalized.to_string()),
         fmt::format("{} of shape {}", in[i].dtype.name(), w.to_string()));
  }
  return {in[0], {rows, in[0].dtype}, {rows, in[0].dtype}};
}

/// x[, gamma], mean, scale, the gradient of y -> gradients of x[, gamma][, beta].
Specs infer_grad(const Specs& in, const Config& attrs) {
  const Inputs has(attrs);
  ops::check_inputs("layer_normalization_grad", in, 4u + (has.gamma ? 1 : 0));
  const auto axes = attrs.get<int>("axes");
  Shape normalized;
  for (int i = in[0].shape.rank() - axes; i < in[0].shape.rank(); ++i)
    normalized.push_back(in[0].shape[i]);
  Specs out{in[0]};
  if (has.gamma) out.push_back({normalized, in[0].dtype});
  if (has.beta) out.push_back({normalized, in[0].dtype});
  return out;
}

std::vector<Tensor> grad(const GradArgs& a) {
  if (!a.grads[0]) return std::vector<Tensor>(a.inputs.size());
  if (a.grads[1] || a.grads[2]) ops::no_second_order("layer_normalization's statistics");
  std::vector<Tensor> in{a.inputs[0]};
  if (Inputs(a.attrs).gamma) in.push_back(a.inputs[1]);
  in.insert(in.end(), {a.outputs[1], a.outputs[2], a.grads[0]});
  return apply(find_op("layer_normalization_grad"), in, a.attrs);
}

std::vector<Tensor> grad_of_grad(const GradArgs&) { ops::no_second_order(kName); }

}  // namespace

namespace ops {

Tensor layer_normalization(const Tensor& x, const Tensor& gamma, const Tensor& beta,
                           LayerNormalizationOptions o) {
  std::vector<Tensor> in{x};
  if (gamma) in.push_back(gamma);
  if (beta) in.push_back(beta);
  return apply_one(kName, in,
                   {{"axes", o.axes},
                    {"epsilon", o.epsilon},
                    {"gamma", static_cast<bool>(gamma)},
                    {"beta", static_cast<bool>(beta)}});
}

}  // namespace ops

namespace registration {

void op_layer_normalization() {
  register_op({.name = kName, .infer = infer, .grad = grad});
  register_op({.name = "layer_normalization_grad", .infer = infer_grad, .grad = grad_of_grad});
}

}  // namespace registration
}  // namespace weft
