#include "backends/cpu/simd/crossentropy.hpp"

#include "core/functors/math.h"

namespace weft::cpu::WEFT_ISA {
namespace {

// The lanes are the same for every instruction set, and so is the order of a row's sum.
constexpr long lanes = 16;

// A number that the compiler does not know: it would unroll a loop of sixteen before it sees that
// it is a vector.
WEFT_HD long unknown(long n) {
  __asm__("" : "+r"(n));
  return n;
}

// Floats in their order as integers, whose largest the compiler finds with vectors. A NaN may win:
// then everything is NaN, as it has to be.
WEFT_HD float row_max(const float* x, long n) {
  int best = math::bits(-math::inf_of(0.0f)) ^ 0x7fffffff;
  for (long i = 0; i < n; ++i) {
    const int b = math::bits(x[i]), key = b ^ ((b >> 31) & 0x7fffffff);
    best = key > best ? key : best;
  }
  return math::from_bits(best ^ ((best >> 31) & 0x7fffffff));
}

WEFT_HD void exp_all(const float* x, long n, float max, float* __restrict to) {
  for (long i = 0; i < n; ++i) to[i] = math::exp(x[i] - max);
}

// A row in two parts: as many sixteens as there are, and the rest, behind which exp is 0.
struct Row {
  const float* x;
  long n, whole;
  float rest[lanes];
};

// exp(x - max): of the rest in place, of the sixteens in `to` unless that is null; and the sum.
WEFT_HD float row_exp(Row& r, float max, float* to) {
  constexpr long most = 512;
  float part[most], sum[lanes] = {};
  for (long first = 0; first < r.whole; first += most) {
    const long count = r.whole - first < most ? r.whole - first : most;
    float* e = to == nullptr ? part : to + first;
    exp_all(r.x + first, count, max, e);
    for (long i = 0; i < count; i += lanes) {
      for (long k = 0; k < lanes; ++k) sum[k] += e[i + k];
    }
  }
  const long rest = r.n - r.whole, width = unknown(lanes);
  for (long k = 0; k < rest; ++k) r.rest[k] = r.x[r.whole + k];
  for (long k = rest; k < lanes; ++k) r.rest[k] = -math::inf_of(0.0f);
  for (long k = 0; k < width; ++k) r.rest[k] = math::exp(r.rest[k] - max);
  for (long k = 0; k < width; ++k) sum[k] += r.rest[k];
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

WEFT_HD void scale_all(const float* from, long n, float scale, float g, float* to) {
  for (long i = 0; i < n; ++i) to[i] = g * (from[i] * scale);
}

void run(const CrossentropyRows& r) {
  Row row;
  row.n = r.classes;
  row.whole = r.classes / lanes * lanes;
  for (long i = 0; i < r.rows; ++i) {
    row.x = r.logits + i * r.classes;
    float* grad = r.grad == nullptr ? nullptr : r.grad + i * r.classes;
    const int label = r.labels[i];
    const float max = row_max(row.x, row.n), sum = row_exp(row, max, grad);
    if (r.loss != nullptr) r.loss[i] = math::log(sum) + (max - row.x[label]);
    if (r.matches != nullptr) r.matches[i] = wins(row.x, row.n, label, max, sum) ? 1.0f : 0.0f;
    if (grad == nullptr) continue;
    const float p = label < row.whole ? grad[label] : row.rest[label - row.whole];
    const float scale = 1.0f / sum, g = r.dloss[i];
    scale_all(grad, row.whole, scale, g, grad);
    scale_all(row.rest, row.n - row.whole, scale, g, grad + row.whole);
    grad[label] = g * (p * scale - 1.0f);
  }
}

}  // namespace

const CrossentropyLoops crossentropy_loops = {&run};

}  // namespace weft::cpu::WEFT_ISA
