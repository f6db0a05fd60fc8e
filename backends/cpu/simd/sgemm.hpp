// What simd/sgemm.cpp has for each instruction set; see backends/cpu/sgemm.hpp.
#pragma once
#include "backends/cpu/isa.hpp"
#include "backends/cpu/sgemm.hpp"

namespace weft::cpu {

/// c[j * c_step] = activation(sum over k of x[p] * matrix (+ c) (+ bias[j * bias_step])): a product
/// with one row or one column.
struct SgemvArgs {
  std::int64_t n, k;
  const float* x;
  std::int64_t x_step;
  const float* matrix;
  std::int64_t ld;
  float* c;
  std::int64_t c_step;
  bool add;
  const float* bias;
  std::int64_t bias_step;
  EpilogueActivation activation;
};

/// The ways to a product. One is chosen by the whole product's shape, so that a part of it, made by
/// another thread, has the same bits.
struct SgemmLoops {
  /// Any product: tiles of c in registers, b packed in strips. Wants the leading dimensions.
  void (*blocked)(const SgemmArgs& args);
  /// matrix [k, n]: a sum of its rows. c_step is 1.
  void (*sum_rows)(const SgemvArgs& args);
  /// matrix [n, k]: inner products with its rows. x_step is 1.
  void (*dot_rows)(const SgemvArgs& args);
  std::int64_t tile_rows, tile_columns;
};

/// The longest stretch of k that is summed before it is added to c, and rows of a that L2 holds.
inline constexpr std::int64_t sgemm_k_block = 320, sgemm_m_block = 192, sgemm_n_block = 512;

/// Whether a is packed: it is used for several strips of b, and where it lies its lines are far
/// from each other.
WEFT_HD bool sgemm_packs_a(const SgemmArgs& g, std::int64_t rows, std::int64_t width) {
  if (g.m <= rows) return false;
  const bool one_set = g.lda % 512 == 0;  // lines that share a few sets of the caches
  return g.transpose_a ? g.n > 4 * width || (one_set && g.n > width)
                       : one_set && g.n >= 16 * width && g.m > 64;
}

/// Length of the blocks of k, at least 1: equal ones, but for the last.
WEFT_HD std::int64_t sgemm_k_step(std::int64_t k) {
  const std::int64_t blocks = (k + sgemm_k_block - 1) / sgemm_k_block;
  if (blocks <= 1) return k < 1 ? 1 : k;
  return ((k + blocks - 1) / blocks + 7) / 8 * 8;
}

/// Floats of workspace for the strips of b: one, or a block of them where a has several blocks or
/// is packed (behind them then).
WEFT_HD std::int64_t sgemm_strip_floats(const SgemmArgs& g, std::int64_t rows, std::int64_t width) {
  const bool one = g.m <= sgemm_m_block && !sgemm_packs_a(g, rows, width);
  const std::int64_t all = (g.n + width - 1) / width * width;
  const std::int64_t columns = one ? width : all < sgemm_n_block ? all : sgemm_n_block;
  return columns * sgemm_k_step(g.k);
}

namespace v2 {
extern const SgemmLoops sgemm_loops;
}
namespace v3 {
extern const SgemmLoops sgemm_loops;
}
namespace v4 {
extern const SgemmLoops sgemm_loops;
}
inline const SgemmLoops& sgemm_loops() {
  return choose(v2::sgemm_loops, v3::sgemm_loops, v4::sgemm_loops);
}

}  // namespace weft::cpu
