// Packing for simd/sgemm.cpp: strips of b, tiles of a.
#pragma once
#include "backends/cpu/sgemm.hpp"
#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {

/// Eight rows of memory, `from` and on, four numbers each, as four rows of eight.
#if defined(__AVX__)
WEFT_HD void transpose_8x4(const float* from, std::int64_t ld, float* to, std::int64_t to_row) {
  __m256 x[4];
  for (int i = 0; i < 4; ++i) {
    x[i] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from + i * ld)),
                                _mm_loadu_ps(from + (i + 4) * ld), 1);
  }
  const __m256 a = _mm256_unpacklo_ps(x[0], x[1]), b = _mm256_unpackhi_ps(x[0], x[1]),
               c = _mm256_unpacklo_ps(x[2], x[3]), d = _mm256_unpackhi_ps(x[2], x[3]);
  _mm256_storeu_ps(to, _mm256_shuffle_ps(a, c, 0x44));
  _mm256_storeu_ps(to + to_row, _mm256_shuffle_ps(a, c, 0xee));
  _mm256_storeu_ps(to + 2 * to_row, _mm256_shuffle_ps(b, d, 0x44));
  _mm256_storeu_ps(to + 3 * to_row, _mm256_shuffle_ps(b, d, 0xee));
}
#else
WEFT_HD void transpose_8x4(const float* from, std::int64_t ld, float* to, std::int64_t to_row) {
  for (int i = 0; i < 8; ++i)
    for (int p = 0; p < 4; ++p) to[p * to_row + i] = from[i * ld + p];
}
#endif

/// Columns j0.. of b, `width` of them (zeros where n ends), rows p0..p0 + k: to[p * width + j].
template <std::int64_t width>
static void pack_strip_b(const SgemmArgs& g, std::int64_t p0, std::int64_t k, std::int64_t j0,
                         float* to) {
  const std::int64_t columns = g.n - j0 < width ? g.n - j0 : width;
  if (!g.transpose_b) {
    const float* from = g.b + p0 * g.ldb + j0;
    if (columns == width) {
      for (std::int64_t p = 0; p < k; ++p, from += g.ldb, to += width)
        for (std::int64_t v = 0; v < width; v += lanes) store_vector(to + v, load_vector(from + v));
      return;
    }
    for (std::int64_t p = 0; p < k; ++p, from += g.ldb, to += width) {
      for (std::int64_t v = 0; v < width; v += lanes) {
        const std::int64_t left = columns - v;
        store_vector(to + v, left >= lanes ? load_vector(from + v)
                             : left > 0    ? load_some(from + v, static_cast<int>(left))
                                           : Vector{});
      }
    }
    return;
  }
  const float* from = g.b + j0 * g.ldb + p0;
  std::int64_t j = 0;
  for (; j + 8 <= columns; j += 8) {
    std::int64_t p = 0;
    for (; p + 4 <= k; p += 4)
      transpose_8x4(from + j * g.ldb + p, g.ldb, to + p * width + j, width);
    for (; p < k; ++p)
      for (std::int64_t i = 0; i < 8; ++i) to[p * width + j + i] = from[(j + i) * g.ldb + p];
  }
  for (; j < width; ++j) {
    for (std::int64_t p = 0; p < k; ++p) to[p * width + j] = j < columns ? from[j * g.ldb + p] : 0;
  }
}

/// The strips of columns j0..j1, one after the other.
template <std::int64_t width>
static void pack_strips_b(const SgemmArgs& g, std::int64_t p0, std::int64_t k, std::int64_t j0,
                          std::int64_t j1, float* to) {
  // Four strips at once: a row of b is then read in longer pieces.
  constexpr std::int64_t group = 4;
  std::int64_t j = j0;
  for (; !g.transpose_b && j + group * width <= j1; j += group * width) {
    const float* from = g.b + p0 * g.ldb + j;
    float* strip = to + (j - j0) * k;
    for (std::int64_t p = 0; p < k; ++p, from += g.ldb, strip += width) {
      for (std::int64_t s = 0; s < group; ++s)
        for (std::int64_t v = 0; v < width; v += lanes)
          store_vector(strip + s * k * width + v, load_vector(from + s * width + v));
    }
  }
  for (; j < j1; j += width) pack_strip_b<width>(g, p0, k, j, to + (j - j0) * k);
}

static void copy_row(const float* from, std::int64_t n, float* to) {
  std::int64_t i = 0;
  for (; i + lanes <= n; i += lanes) store_vector(to + i, load_vector(from + i));
  for (; i < n; ++i) to[i] = from[i];
}

/// `depth` rows of memory, ld apart, `size` numbers of each: to[p * size + i].
static void pack_columns(const float* from, std::int64_t ld, std::int64_t size, std::int64_t depth,
                         float* to) {
  if (size == 6) {
    for (std::int64_t p = 0; p < depth; ++p, from += ld, to += 6) {
      __builtin_memcpy(to, from, 16);
      __builtin_memcpy(to + 4, from + 4, 8);
    }
    return;
  }
  for (std::int64_t p = 0; p < depth; ++p, from += ld, to += size)
    for (std::int64_t i = 0; i < size; ++i) to[i] = from[i];
}

}  // namespace weft::cpu::WEFT_ISA
