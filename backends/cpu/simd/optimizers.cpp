#include "backends/cpu/simd/optimizers.hpp"

#include <weft/core/functors/math.h>

#include "backends/cpu/simd/independent.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

void sgd(const SgdNumbers& k, const OptimizerArrays& p, Index n) {
  const float rate = k.rate;
  const float *w = p.w, *g = p.g;
  float* to_w = p.to_w;
  WEFT_INDEPENDENT
  for (Index i = 0; i < n; ++i) to_w[i] = w[i] - g[i] * rate;
}

void sgd_momentum(const SgdNumbers& k, const OptimizerArrays& p, Index n) {
  const float rate = k.rate, momentum = k.momentum;
  const float *w = p.w, *g = p.g, *a = p.a;
  float *to_w = p.to_w, *to_a = p.to_a;
  if (k.nesterov) {
    WEFT_INDEPENDENT
    for (Index i = 0; i < n; ++i) {
      const float step = g[i] * rate, m = a[i] * momentum - step;
      const float old = w[i];
      to_a[i] = m;
      to_w[i] = old + (m * momentum - step);
    }
  } else {
    WEFT_INDEPENDENT
    for (Index i = 0; i < n; ++i) {
      const float m = a[i] * momentum - g[i] * rate;
      const float old = w[i];
      to_a[i] = m;
      to_w[i] = old + m;
    }
  }
}

template <bool with_momentum, bool centered>
void rmsprop(const RmspropNumbers& numbers, const OptimizerArrays& p, Index n) {
  const RmspropNumbers k = numbers;
  const float *w = p.w, *g = p.g, *a = p.a, *b = p.b, *c = p.c;
  float *to_w = p.to_w, *to_a = p.to_a, *to_b = p.to_b, *to_c = p.to_c;
  WEFT_INDEPENDENT
  for (Index i = 0; i < n; ++i) {
    const float old = w[i], gradient = g[i];
    const float velocity = k.rho * a[i] + k.one_minus_rho * (gradient * gradient);
    float denominator = velocity;
    if constexpr (centered) {
      const float average = k.rho * c[i] + k.one_minus_rho * gradient;
      denominator = denominator - average * average;
      to_c[i] = average;
    }
    float increment = k.rate * gradient / math::sqrt(denominator + k.epsilon);
    if constexpr (with_momentum) {
      increment = k.momentum * b[i] + increment;
      to_b[i] = increment;
    }
    to_a[i] = velocity;
    to_w[i] = old - increment;
  }
}

template <bool amsgrad>
void adam(const AdamNumbers& numbers, const OptimizerArrays& p, Index n) {
  const AdamNumbers k = numbers;
  const float *w = p.w, *g = p.g, *a = p.a, *b = p.b, *c = p.c;
  float *to_w = p.to_w, *to_a = p.to_a, *to_b = p.to_b, *to_c = p.to_c;
  WEFT_INDEPENDENT
  for (Index i = 0; i < n; ++i) {
    const float old = w[i], gradient = g[i];
    const float m = a[i] + (gradient - a[i]) * k.one_minus_beta_1;
    float v = b[i] + (gradient * gradient - b[i]) * k.one_minus_beta_2;
    to_a[i] = m;
    to_b[i] = v;
    if constexpr (amsgrad) {
      v = math::max(c[i], v);
      to_c[i] = v;
    }
    to_w[i] = old - m * k.alpha / (math::sqrt(v) + k.epsilon);
  }
}

}  // namespace

extern const OptimizerLoops optimizer_loops;
constinit const OptimizerLoops optimizer_loops = {
    &sgd,
    &sgd_momentum,
    {&rmsprop<false, false>, &rmsprop<true, false>, &rmsprop<false, true>, &rmsprop<true, true>},
    {&adam<false>, &adam<true>}};

}  // namespace weft::cpu::WEFT_ISA
