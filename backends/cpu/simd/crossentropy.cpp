#include "backends/cpu/simd/crossentropy.hpp"

#include "core/functors/math.h"

namespace weft::cpu::WEFT_ISA {
namespace {

// The lanes are the same for every instruction set, and so is the order of a row's sum.
constexpr long lanes = 16;

// Sixteen logits from i on; behind the row -infinity, whose exp is 0.
WEFT_HD void load_lanes(const float* x, long i, long n, float* to) {
  for (long k = 0; k < lanes; ++k) to[k] = -math::inf_of(0.0f);
  const long here = n - i < lanes ? n - i : lanes;
  for (long k = 0; k < here; ++k) to[k] = x[i + k];
}

WEFT_HD float row_max(const float* x, long n) {
  float m[lanes];
  load_lanes(x, 0, n, m);
  for (long k = 0; k < lanes; ++k) m[k] = m[k] == m[k] ? m[k] : -math::inf_of(0.0f);
  long i = lanes;
  for (; i + lanes <= n; i += lanes) {
    for (long k = 0; k < lanes; ++k) m[k] = x[i + k] > m[k] ? x[i + k] : m[k];
  }
  for (long k = 0; i + k < n; ++k) m[k] = x[i + k] > m[k] ? x[i + k] : m[k];
  for (long step = lanes / 2; step > 0; step /= 2) {
    for (long k = 0; k < step; ++k) m[k] = m[k + step] > m[k] ? m[k + step] : m[k];
  }
  return m[0];
}

// exp(x - max), stored where `to` is not null, and its sum.
WEFT_HD float row_exp(const float* x, long n, float max, float* to) {
  float sum[lanes] = {}, e[lanes];
  long i = 0;
  for (; i + lanes <= n; i += lanes) {
    for (long k = 0; k < lanes; ++k) e[k] = math::exp(x[i + k] - max);
    for (long k = 0; k < lanes; ++k) sum[k] += e[k];
    if (to != nullptr) {
      for (long k = 0; k < lanes; ++k) to[i + k] = e[k];
    }
  }
  if (i < n) {
    load_lanes(x, i, n, e);
    for (long k = 0; k < lanes; ++k) e[k] = math::exp(e[k] - max);
    for (long k = 0; k < lanes; ++k) sum[k] += e[k];
    if (to != nullptr) {
      for (long k = 0; i + k < n; ++k) to[i + k] = e[k];
    }
  }
  for (long step = lanes / 2; step > 0; step /= 2) {
    for (long k = 0; k < step; ++k) sum[k] += sum[k + step];
  }
  return sum[0];
}

// Whether the label is what argmax answers: the first NaN, else the first of the largest.
WEFT_HD bool wins(const float* x, long n, int label, float max, float sum) {
  if (sum == sum) {
    if (x[label] != max) return false;
    int before = 0;
    for (int i = 0; i < label; ++i) before |= x[i] == max ? 1 : 0;
    return before == 0;
  }
  long best = 0;
  for (long i = 1; i < n; ++i) {
    if (x[best] == x[best] && (x[i] > x[best] || x[i] != x[i])) best = i;
  }
  return best == label;
}

void run(const CrossentropyRows& r) {
  for (long row = 0; row < r.rows; ++row) {
    const float* x = r.logits + row * r.classes;
    float* grad = r.grad == nullptr ? nullptr : r.grad + row * r.classes;
    const int label = r.labels[row];
    const float max = row_max(x, r.classes), sum = row_exp(x, r.classes, max, grad);
    if (r.loss != nullptr) r.loss[row] = math::log(sum) + (max - x[label]);
    if (r.matches != nullptr) r.matches[row] = wins(x, r.classes, label, max, sum) ? 1.0f : 0.0f;
    if (grad == nullptr) continue;
    const float scale = 1.0f / sum, g = r.dloss[row], own = g * (grad[label] * scale - 1.0f);
    for (long i = 0; i < r.classes; ++i) grad[i] = g * (grad[i] * scale);
    grad[label] = own;
  }
}

}  // namespace

const CrossentropyLoops crossentropy_loops = {&run};

}  // namespace weft::cpu::WEFT_ISA
