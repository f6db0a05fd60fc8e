// Products with one row or one column, for simd/sgemm.cpp: every element of the matrix is read
// once, in the order in which it lies in memory.
#pragma once
#include "backends/cpu/simd/sgemm.hpp"
#include "backends/cpu/simd/vector.hpp"

namespace weft::cpu::WEFT_ISA {

/// What comes after the sum, of n numbers.
static void finish_row(const SgemvArgs& g) {
  if (g.bias == nullptr && g.activation == EpilogueActivation::none) return;
  for (std::int64_t j = 0; j < g.n; ++j) {
    float x = g.c[j * g.c_step];
    if (g.bias != nullptr) x = x + g.bias[j * g.bias_step];
    g.c[j * g.c_step] = activate(g.activation, x);
  }
}

/// Adds `rows` rows of the matrix, each times its x, to c.
template <int rows>
static void add_rows(const SgemvArgs& g, std::int64_t p) {
  const float* m = g.matrix + p * g.ld;
  const bool add = p > 0 || g.add;
  float x[rows];
  for (int i = 0; i < rows; ++i) x[i] = g.x[(p + i) * g.x_step];
  std::int64_t j = 0;
  for (; j + lanes <= g.n; j += lanes) {
    Vector sum = add ? load_vector(g.c + j) : Vector{};
    for (int i = 0; i < rows; ++i)
      sum = multiply_add(all_lanes(x[i]), load_vector(m + i * g.ld + j), sum);
    store_vector(g.c + j, sum);
  }
  const int left = static_cast<int>(g.n - j);
  if (left == 0) return;
  Vector sum = add ? load_some(g.c + j, left) : Vector{};
  for (int i = 0; i < rows; ++i)
    sum = multiply_add(all_lanes(x[i]), load_some(m + i * g.ld + j, left), sum);
  store_some(g.c + j, sum, left);
}

static void sum_rows(const SgemvArgs& g) {
  std::int64_t p = 0;
  for (; p + 8 <= g.k; p += 8) add_rows<8>(g, p);
  for (; p < g.k; ++p) add_rows<1>(g, p);
  if (g.k == 0 && !g.add)
    for (std::int64_t j = 0; j < g.n; ++j) g.c[j] = 0;
  finish_row(g);
}

template <int rows>
static void dot(const SgemvArgs& g, std::int64_t j) {
  const float* m = g.matrix + j * g.ld;
  Vector even[rows] = {}, odd[rows] = {};
  std::int64_t p = 0;
  for (; p + 2 * lanes <= g.k; p += 2 * lanes) {
    const Vector x = load_vector(g.x + p), y = load_vector(g.x + p + lanes);
    for (int i = 0; i < rows; ++i) {
      even[i] = multiply_add(x, load_vector(m + i * g.ld + p), even[i]);
      odd[i] = multiply_add(y, load_vector(m + i * g.ld + p + lanes), odd[i]);
    }
  }
  for (; p < g.k; p += lanes) {
    const int left = static_cast<int>(g.k - p < lanes ? g.k - p : lanes);
    const Vector x = left == lanes ? load_vector(g.x + p) : load_some(g.x + p, left);
    for (int i = 0; i < rows; ++i) {
      const float* from = m + i * g.ld + p;
      even[i] = multiply_add(x, left == lanes ? load_vector(from) : load_some(from, left), even[i]);
    }
  }
  for (int i = 0; i < rows; ++i) {
    float* c = g.c + (j + i) * g.c_step;
    const float sum = sum_lanes(even[i] + odd[i]);
    *c = g.add ? *c + sum : sum;
  }
}

static void dot_rows(const SgemvArgs& g) {
  std::int64_t j = 0;
  for (; j + 4 <= g.n; j += 4) dot<4>(g, j);
  for (; j < g.n; ++j) dot<1>(g, j);
  finish_row(g);
}

}  // namespace weft::cpu::WEFT_ISA
