#include "backends/cpu/simd/exponential.hpp"
#include "backends/cpu/simd/row_loops.hpp"
#include "backends/cpu/simd/rows.hpp"

#include "core/functors/math.h"

namespace weft::cpu::WEFT_ISA {
namespace {

float row_max(const float* x, long n) {
  Vector most = all_lanes(-__builtin_huge_valf());
  for_pieces(n, [&](auto load, auto, int count) WEFT_INLINE_LAMBDA {
    const Vector y = first_lanes(load(x), count, -__builtin_huge_valf());
    most = most < y ? y : most;
  });
  return largest_lane(most);
}

/// Stores exp(x - m), where `y` is not null, and returns the sum.
float exponentials(const float* x, float m, float* y, long n) {
  const Vector largest = all_lanes(m);
  Vector sum = {};
  for_pieces(n, [&](auto load, auto store, int count) WEFT_INLINE_LAMBDA {
    // What is not a number stays so: the polynomial's power would hide it.
    const Vector d = load(x) - largest, e = exp_of_negative(d);
    const Vector z = first_lanes(d == d ? e : d, count, 0);
    if (y != nullptr) store(y, z);
    sum += z;
  });
  return sum_lanes(sum);
}

void softmax(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r, x += n, y += n) {
    const Vector scale = all_lanes(1.0f / exponentials(x, row_max(x, n), y, n));
    for_pieces(n,
               [&](auto load, auto store, int) WEFT_INLINE_LAMBDA { store(y, load(y) * scale); });
  }
}

void softmax_grad(const float* y, const float* dy, float* dx, long rows, long n) {
  for (long r = 0; r < rows; ++r, y += n, dy += n, dx += n) {
    Vector sum = {};
    for_pieces(n, [&](auto load, auto, int)
                      WEFT_INLINE_LAMBDA { sum = multiply_add(load(y), load(dy), sum); });
    const Vector inner = all_lanes(sum_lanes(sum));
    for_pieces(n, [&](auto load, auto store, int)
                      WEFT_INLINE_LAMBDA { store(dx, load(y) * (load(dy) - inner)); });
  }
}

void log_softmax(const float* x, float* y, long rows, long n) {
  for (long r = 0; r < rows; ++r, x += n, y += n) {
    const float m = row_max(x, n);
    const Vector largest = all_lanes(m),
                 log_sum = all_lanes(math::log(exponentials(x, m, nullptr, n)));
    for_pieces(n, [&](auto load, auto store, int)
                      WEFT_INLINE_LAMBDA { store(y, (load(x) - largest) - log_sum); });
  }
}

void log_softmax_grad(const float* y, const float* dy, float* dx, long rows, long n) {
  for (long r = 0; r < rows; ++r, y += n, dy += n, dx += n) {
    Vector sum = {};
    for_pieces(n, [&](auto load, auto, int) WEFT_INLINE_LAMBDA { sum += load(dy); });
    const Vector total = all_lanes(sum_lanes(sum));
    for_pieces(n, [&](auto load, auto store, int) WEFT_INLINE_LAMBDA {
      store(dx, load(dy) - exp_of_negative(load(y)) * total);
    });
  }
}

}  // namespace

const SoftmaxLoops softmax_loops = {softmax, softmax_grad, log_softmax, log_softmax_grad};

}  // namespace weft::cpu::WEFT_ISA
