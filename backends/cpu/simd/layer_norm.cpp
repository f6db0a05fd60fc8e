#include "backends/cpu/simd/row_loops.hpp"
#include "backends/cpu/simd/rows.hpp"

namespace weft::cpu::WEFT_ISA {
namespace {

void forward(const float* x, const float* gamma, const float* beta, float* y, float* mean,
             float* scale, long rows, long n, float epsilon) {
  const float share = 1.0f / static_cast<float>(n);
  for (long r = 0; r < rows; ++r, x += n, y += n) {
    Vector sum = {};
    for_pieces(n, [&](auto load, auto, int) WEFT_INLINE_LAMBDA { sum += load(x); });
    mean[r] = sum_lanes(sum) * share;
    const Vector m = all_lanes(mean[r]);
    Vector squares = {};
    for_pieces(n, [&](auto load, auto, int count) WEFT_INLINE_LAMBDA {
      const Vector d = first_lanes(load(x) - m, count, 0);
      squares = multiply_add(d, d, squares);
    });
    scale[r] = 1.0f / __builtin_sqrtf(sum_lanes(squares) * share + epsilon);
    const Vector s = all_lanes(scale[r]);
    for_pieces(n, [&](auto load, auto store, int) WEFT_INLINE_LAMBDA {
      Vector z = (load(x) - m) * s;
      if (gamma != nullptr) z = z * load(gamma);
      if (beta != nullptr) z = z + load(beta);
      store(y, z);
    });
  }
}

void backward(const float* x, const float* gamma, const float* mean, const float* scale,
              const float* dy, float* dx, float* dgamma, float* dbeta, long rows, long n) {
  const float share = 1.0f / static_cast<float>(n);
  for (long r = 0; r < rows; ++r, x += n, dy += n, dx += n) {
    const Vector m = all_lanes(mean[r]), s = all_lanes(scale[r]);
    Vector sum = {}, inner = {};
    for_pieces(n, [&](auto load, auto store, int) WEFT_INLINE_LAMBDA {
      const Vector g = load(dy), z = (load(x) - m) * s;
      if (dgamma != nullptr) store(dgamma, multiply_add(g, z, load(dgamma)));
      if (dbeta != nullptr) store(dbeta, load(dbeta) + g);
      const Vector d = gamma != nullptr ? g * load(gamma) : g;
      sum += d;
      inner = multiply_add(d, z, inner);
    });
    const Vector a = all_lanes(sum_lanes(sum) * share), b = all_lanes(sum_lanes(inner) * share);
    for_pieces(n, [&](auto load, auto store, int) WEFT_INLINE_LAMBDA {
      const Vector z = (load(x) - m) * s, g = load(dy);
      const Vector d = gamma != nullptr ? g * load(gamma) : g;
      store(dx, s * (d - a - z * b));
    });
  }
}

}  // namespace

const LayerNormLoops layer_norm_loops = {forward, backward};

}  // namespace weft::cpu::WEFT_ISA
