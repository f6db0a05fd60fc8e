// Our float32 product against sums in double: all transposes, strides, edges, what is added, the
// epilogue and threads.
#include "backends/cpu/sgemm.hpp"

#include <weft/core/settings.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "tests/harness/catch.h"
#include "tests/harness/keep_settings.h"

using namespace weft;
using namespace weft::cpu;

namespace {

/// Numbers between -1 and 1, the same in every run.
std::vector<float> numbers(std::int64_t count, unsigned seed) {
  std::vector<float> out(static_cast<std::size_t>(count));
  unsigned state = seed * 2654435761u + 1;
  for (float& x : out) {
    state = state * 1664525u + 1013904223u;
    x = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
  }
  return out;
}

/// A product with rows further apart than they are long, in memory whose gaps must stay.
struct Problem {
  std::int64_t m, n, k;
  bool ta, tb;
  std::int64_t gap = 0;
  bool add = false, bias = false;
  EpilogueActivation activation = EpilogueActivation::none;
  std::vector<float> a{}, b{}, c{}, bias_values{};
  std::vector<float> memory{};
  float* end_of_workspace = nullptr;
  static constexpr int guard = 64;

  std::int64_t lda() const { return (ta ? m : k) + gap; }
  std::int64_t ldb() const { return (tb ? k : n) + gap; }
  std::int64_t ldc() const { return n + gap; }

  /// Ready to run, on this thread or on several; the workspace is no larger than it must be, and
  /// NaN.
  SgemmArgs args(int threads = 0) {
    a = numbers((ta ? k : m) * lda(), 1);
    b = numbers((tb ? n : k) * ldb(), 2);
    c = numbers(m * ldc(), 3);
    bias_values = numbers(n, 4);
    SgemmArgs g{m, n, k, a.data(), ta, b.data(), tb, c.data(), nullptr};
    if (gap != 0) {
      g.lda = lda();
      g.ldb = ldb();
      g.ldc = ldc();
    }
    g.add = add;
    if (bias) g.bias = bias_values.data();
    g.activation = activation;
    g.workspace =
        aligned(threads == 0 ? sgemm_workspace_bytes(g) : parallel_sgemm_bytes(g, threads));
    return g;
  }

  float* aligned(std::size_t bytes) {
    const std::size_t floats = bytes / sizeof(float);
    memory.assign(floats + 16 + guard, std::numeric_limits<float>::quiet_NaN());
    float* begin = memory.data();
    while (reinterpret_cast<std::uintptr_t>(begin) % 64 != 0) ++begin;
    end_of_workspace = begin + floats;
    std::fill(end_of_workspace, end_of_workspace + guard, 1.0f);
    return begin;
  }
  bool wrote_behind_workspace() const {
    return std::count(end_of_workspace, end_of_workspace + guard, 1.0f) != guard;
  }

  double expected(std::int64_t i, std::int64_t j, const std::vector<float>& before) const {
    double sum = add ? before[static_cast<std::size_t>(i * ldc() + j)] : 0;
    for (std::int64_t p = 0; p < k; ++p) {
      sum += static_cast<double>(a[static_cast<std::size_t>(ta ? p * lda() + i : i * lda() + p)]) *
             static_cast<double>(b[static_cast<std::size_t>(tb ? j * ldb() + p : p * ldb() + j)]);
    }
    if (bias) sum += bias_values[static_cast<std::size_t>(j)];
    if (activation == EpilogueActivation::relu) return sum < 0 ? 0 : sum;
    if (activation == EpilogueActivation::tanh) return std::tanh(sum);
    return activation == EpilogueActivation::sigmoid ? 1 / (1 + std::exp(-sum)) : sum;
  }

  /// The largest error, relative to the length of the sum; infinity where a gap was written to.
  double error(const std::vector<float>& before) const {
    double worst = 0;
    if (wrote_behind_workspace()) return std::numeric_limits<double>::infinity();
    for (std::int64_t i = 0; i < m; ++i) {
      for (std::int64_t j = 0; j < ldc(); ++j) {
        const auto at = static_cast<std::size_t>(i * ldc() + j);
        if (j >= n) {
          if (c[at] != before[at]) return std::numeric_limits<double>::infinity();
        } else {
          worst = std::max(worst, std::fabs(c[at] - expected(i, j, before)));
        }
      }
    }
    return worst / (1 + std::sqrt(static_cast<double>(k)));
  }
};

double error_of(Problem& p) {
  const SgemmArgs g = p.args();
  const std::vector<float> before = p.c;
  best_sgemm()(g);
  return p.error(before);
}

std::vector<float> result(Problem& p, int threads) {
  const test::KeepSettings keep;
  set_num_threads(threads);
  parallel_sgemm(p.args(threads), threads);
  return p.c;
}

constexpr double tolerance = 1e-6;

}  // namespace

TEST_CASE("sgemm: all sizes about a tile, transposed or not", "[sgemm]") {
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      double worst = 0;
      for (const int m : {1, 2, 5, 6, 7, 13, 29, 31}) {
        for (const int n : {1, 3, 7, 8, 9, 15, 16, 17, 33, 63}) {
          for (const int k : {0, 1, 2, 7, 8, 33, 65}) {
            for (const int gap : {0, 5}) {
              Problem p{m, n, k, ta, tb, gap};
              worst = std::max(worst, error_of(p));
            }
          }
        }
      }
      CAPTURE(ta, tb);
      CHECK(worst < tolerance);
    }
  }
}

TEST_CASE("sgemm: several blocks of k, of rows and of columns", "[sgemm]") {
  for (const auto& [m, n, k] : {std::array{200, 40, 700}, std::array{7, 1100, 321},
                                std::array{400, 530, 33}, std::array{70, 600, 330}}) {
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        CAPTURE(m, n, k, ta, tb);
        Problem p{m, n, k, ta, tb, 0, true, true, EpilogueActivation::relu};
        CHECK(error_of(p) < tolerance);
      }
    }
  }
}

TEST_CASE("sgemm: rows a power of two apart are packed", "[sgemm]") {
  for (const bool ta : {false, true}) {
    Problem p{ta ? 512 : 70, 530, ta ? 40 : 512, ta, false};
    CHECK(error_of(p) < tolerance);
  }
}

TEST_CASE("sgemm: added to c, a bias, an activation", "[sgemm]") {
  using enum EpilogueActivation;
  for (const auto& [m, n, k] :
       {std::array{1, 37, 50}, std::array{23, 1, 50}, std::array{23, 37, 50},
        std::array{12, 32, 350}, std::array{3, 5, 0}}) {
    for (const bool add : {false, true}) {
      for (const bool bias : {false, true}) {
        for (const EpilogueActivation activation : {none, relu, sigmoid, tanh}) {
          for (const bool t : {false, true}) {
            CAPTURE(m, n, k, add, bias, static_cast<int>(activation), t);
            Problem p{m, n, k, t, t, 3, add, bias, activation};
            CHECK(error_of(p) < tolerance);
          }
        }
      }
    }
  }
}

TEST_CASE("sgemm: the number of threads changes no bit", "[sgemm][threads]") {
  for (const auto& [m, n, k] :
       {std::array{64, 64, 784}, std::array{784, 64, 64}, std::array{1, 2000, 700},
        std::array{2000, 1, 700}, std::array{130, 257, 333}, std::array{1000, 17, 90},
        std::array{7, 1000, 100}}) {
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        Problem one{m, n, k, ta, tb, 0, true, true, EpilogueActivation::relu};
        one.args();
        const std::vector<float> before = one.c, expected = result(one, 1);
        CAPTURE(m, n, k, ta, tb);
        CHECK(one.error(before) < tolerance);
        for (const int threads : {2, 3, 7}) {
          Problem p{m, n, k, ta, tb, 0, true, true, EpilogueActivation::relu};
          CHECK(result(p, threads) == expected);
        }
      }
    }
  }
}

TEST_CASE("sgemm: NaN and infinity arrive", "[sgemm]") {
  Problem p{8, 40, 20, false, false, 0, false, false, EpilogueActivation::relu};
  const SgemmArgs g = p.args();
  p.a[3 * 20 + 5] = std::numeric_limits<float>::quiet_NaN();
  p.a[4 * 20 + 5] = std::numeric_limits<float>::infinity();
  best_sgemm()(g);
  for (std::size_t j = 0; j < 40; ++j) {
    CHECK(std::isnan(p.c[3 * 40 + j]));
    CHECK((std::isinf(p.c[4 * 40 + j]) || p.c[4 * 40 + j] == 0));
    CHECK(std::isfinite(p.c[5 * 40 + j]));
  }
}
