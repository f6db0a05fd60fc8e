#include "layers/activations/functions.hpp"

#include <weft/core/error.h>
#include <weft/core/ops/log_softmax.h>
#include <weft/core/ops/pointwise/celu.h>
#include <weft/core/ops/pointwise/clip.h>
#include <weft/core/ops/pointwise/elu.h>
#include <weft/core/ops/pointwise/exp.h>
#include <weft/core/ops/pointwise/gelu.h>
#include <weft/core/ops/pointwise/hard_shrink.h>
#include <weft/core/ops/pointwise/hard_sigmoid.h>
#include <weft/core/ops/pointwise/hard_silu.h>
#include <weft/core/ops/pointwise/hard_tanh.h>
#include <weft/core/ops/pointwise/leaky_relu.h>
#include <weft/core/ops/pointwise/log_sigmoid.h>
#include <weft/core/ops/pointwise/mish.h>
#include <weft/core/ops/pointwise/relu.h>
#include <weft/core/ops/pointwise/relu6.h>
#include <weft/core/ops/pointwise/selu.h>
#include <weft/core/ops/pointwise/sigmoid.h>
#include <weft/core/ops/pointwise/silu.h>
#include <weft/core/ops/pointwise/soft_shrink.h>
#include <weft/core/ops/pointwise/softplus.h>
#include <weft/core/ops/pointwise/softsign.h>
#include <weft/core/ops/pointwise/square.h>
#include <weft/core/ops/pointwise/squareplus.h>
#include <weft/core/ops/pointwise/tanh.h>
#include <weft/core/ops/pointwise/tanh_shrink.h>
#include <weft/core/ops/pointwise/where.h>
#include <weft/core/ops/softmax.h>

namespace weft::detail {
namespace {

Tensor glu(const Tensor& x) {
  const int rank = x.shape().rank();
  const Dim last = x.shape()[-1];
  if (last % 2 != 0) {
    throw ShapeError(
        "glu: the last dimension is halved. Expected: an even one. Received: x of shape " +
        x.shape().to_string());
  }
  std::vector<Index> first(static_cast<std::size_t>(rank), All), second = first;
  first.back() = Slice{.stop = last / 2};
  second.back() = Slice{.start = last / 2};
  return x.slice(first) * ops::sigmoid(x.slice(second));
}

Tensor sparse_plus(const Tensor& x) {
  const Tensor parabola = ops::square(x + 1.0) * 0.25;
  return ops::where(x <= -1.0, 0.0, ops::where(x < 1.0, parabola, x));
}

Tensor sparse_sigmoid(const Tensor& x) { return ops::clip((x + 1.0) * 0.5, 0.0, 1.0); }

constexpr ActivationEntry entries[] = {
    {"relu", [](const Tensor& x) { return ops::relu(x); }, "relu"},
    {"leaky_relu", [](const Tensor& x) { return ops::leaky_relu(x, 0.2); }, "leaky_relu"},
    {"relu6", [](const Tensor& x) { return ops::relu6(x); }, "relu6"},
    {"softmax", [](const Tensor& x) { return ops::softmax(x); }, "softmax"},
    {"celu", [](const Tensor& x) { return ops::celu(x); }, "celu"},
    {"elu", [](const Tensor& x) { return ops::elu(x); }, "elu"},
    {"selu", [](const Tensor& x) { return ops::selu(x); }, "selu"},
    {"softplus", [](const Tensor& x) { return ops::softplus(x); }, "softplus"},
    {"softsign", [](const Tensor& x) { return ops::softsign(x); }, "softsign"},
    {"squareplus", [](const Tensor& x) { return ops::squareplus(x); }, "squareplus"},
    {"soft_shrink", [](const Tensor& x) { return ops::soft_shrink(x); }, "soft_shrink"},
    {"sparse_plus", sparse_plus, "sparse_plus"},
    {"silu", [](const Tensor& x) { return ops::silu(x); }, "silu"},
    {"swish", [](const Tensor& x) { return ops::silu(x); }, "silu"},
    {"gelu", [](const Tensor& x) { return ops::gelu(x, false); }, "gelu"},
    {"glu", glu, "glu"},
    {"tanh", [](const Tensor& x) { return ops::tanh(x); }, "tanh"},
    {"tanh_shrink", [](const Tensor& x) { return ops::tanh_shrink(x); }, "tanh_shrink"},
    {"sigmoid", [](const Tensor& x) { return ops::sigmoid(x); }, "sigmoid"},
    {"sparse_sigmoid", sparse_sigmoid, "sparse_sigmoid"},
    {"exponential", [](const Tensor& x) { return ops::exp(x); }, "exponential"},
    {"hard_sigmoid", [](const Tensor& x) { return ops::hard_sigmoid(x); }, "hard_sigmoid"},
    {"hard_silu", [](const Tensor& x) { return ops::hard_silu(x); }, "hard_silu"},
    {"hard_swish", [](const Tensor& x) { return ops::hard_silu(x); }, "hard_silu"},
    {"hard_tanh", [](const Tensor& x) { return ops::hard_tanh(x); }, "hard_tanh"},
    {"hard_shrink", [](const Tensor& x) { return ops::hard_shrink(x); }, "hard_shrink"},
    {"linear", [](const Tensor& x) { return x; }, "linear"},
    {"mish", [](const Tensor& x) { return ops::mish(x); }, "mish"},
    {"log_softmax", [](const Tensor& x) { return ops::log_softmax(x); }, "log_softmax"},
    {"log_sigmoid", [](const Tensor& x) { return ops::log_sigmoid(x); }, "log_sigmoid"},
};

}  // namespace

const ActivationEntry* find_activation(std::string_view id) {
  for (const ActivationEntry& one : entries) {
    if (id == one.id) return &one;
  }
  return nullptr;
}

std::string activation_ids() {
  std::string all;
  for (const ActivationEntry& one : entries) all += (all.empty() ? "" : ", ") + std::string(one.id);
  return all;
}

}  // namespace weft::detail
