// layer_normalization and its gradient: the reference with sums in double, and float32 by rows.
#include <algorithm>
#include <cmath>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/rows.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "backends/shapes/layer_norm_shape.hpp"

namespace weft::cpu {
namespace {

template <class T>
double at(const T* x, std::int64_t i) {
  return static_cast<double>(load(x[i]));
}

template <class T>
void forward(const LayerNorm& s, const KernelArgs& a) {
  const T *gamma = s.gamma < 0 ? nullptr : a.in<T>(s.gamma),
          *beta = s.beta < 0 ? nullptr : a.in<T>(s.beta);
  for (std::int64_t r = 0; r < s.rows; ++r) {
    const T* x = a.in<T>(0) + r * s.size;
    T* y = a.out<T>(0) + r * s.size;
    double mean = 0, variance = 0;
    for (std::int64_t i = 0; i < s.size; ++i) mean += at(x, i);
    mean /= static_cast<double>(s.size);
    for (std::int64_t i = 0; i < s.size; ++i) variance += (at(x, i) - mean) * (at(x, i) - mean);
    const double scale = 1 / std::sqrt(variance / static_cast<double>(s.size) + s.epsilon);
    a.out<T>(1)[r] = store<T>(mean);
    a.out<T>(2)[r] = store<T>(scale);
    for (std::int64_t i = 0; i < s.size; ++i) {
      const double z = (at(x, i) - mean) * scale * (gamma != nullptr ? at(gamma, i) : 1);
      y[i] = store<T>(z + (beta != nullptr ? at(beta, i) : 0));
    }
  }
}

/// memory: size doubles for each of gamma's and beta's gradients.
template <class T>
void backward(const LayerNorm& s, const KernelArgs& a) {
  const T* gamma = s.gamma < 0 ? nullptr : a.in<T>(s.gamma);
  double *dgamma = static_cast<double*>(a.workspace), *dbeta = dgamma + s.size;
  std::fill_n(dgamma, 2 * s.size, 0.0);
  const double share = 1 / static_cast<double>(s.size);
  for (std::int64_t r = 0; r < s.rows; ++r) {
    const T *x = a.in<T>(0) + r * s.size, *dy = a.in<T>(s.statistics + 2) + r * s.size;
    const double mean = at(a.in<T>(s.statistics), r), scale = at(a.in<T>(s.statistics + 1), r);
    double sum = 0, inner = 0;
    for (std::int64_t i = 0; i < s.size; ++i) {
      const double z = (at(x, i) - mean) * scale, g = at(dy, i);
      const double d = g * (gamma != nullptr ? at(gamma, i) : 1);
      dgamma[i] += g * z;
      dbeta[i] += g;
      sum += d;
      inner += d * z;
    }
    for (std::int64_t i = 0; i < s.size; ++i) {
      const double z = (at(x, i) - mean) * scale;
      const double d = at(dy, i) * (gamma != nullptr ? at(gamma, i) : 1);
      a.out<T>(0)[r * s.size + i] = store<T>(scale * (d - sum * share - z * inner * share));
    }
  }
  for (std::int64_t i = 0; i < s.size; ++i) {
    if (s.dgamma >= 0) a.out<T>(s.dgamma)[i] = store<T>(dgamma[i]);
    if (s.dbeta >= 0) a.out<T>(s.dbeta)[i] = store<T>(dbeta[i]);
  }
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const LayerNorm s(r);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [s](const KernelArgs& a) { forward<T>(s, a); }};
  });
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const LayerNorm s(r);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [s](const KernelArgs& a) { backward<T>(s, a); },
                          .workspace_bytes = static_cast<std::size_t>(2 * s.size) * sizeof(double)};
  });
}

PreparedKernel prepare_rows(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  const LayerNorm s(r);
  return {.run = [s, run = layer_norm_loops().forward](const KernelArgs& a) {
    const std::int64_t grain = std::max<std::int64_t>(1, 32768 / std::max<std::int64_t>(s.size, 1));
    parallel_for(s.rows, grain, [&](std::int64_t begin, std::int64_t end) {
      run(a.in<float>(0) + begin * s.size, s.gamma < 0 ? nullptr : a.in<float>(s.gamma),
          s.beta < 0 ? nullptr : a.in<float>(s.beta), a.out<float>(0) + begin * s.size,
          a.out<float>(1) + begin, a.out<float>(2) + begin, end - begin, s.size,
          static_cast<float>(s.epsilon));
    });
  }};
}

// The rows are summed in pieces of this many, then the pieces: the same sums for any number of
// threads.
constexpr std::int64_t piece = 256;

PreparedKernel prepare_rows_grad(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  const LayerNorm s(r);
  const std::int64_t pieces = (s.rows + piece - 1) / piece;
  const auto run = [s, pieces, loop = layer_norm_loops().backward](const KernelArgs& a) {
    float* sums = static_cast<float*>(a.workspace);
    std::fill_n(sums, pieces * 2 * s.size, 0.0f);
    const std::int64_t grain =
        std::max<std::int64_t>(1, 32768 / (piece * std::max<std::int64_t>(s.size, 1)));
    parallel_for(pieces, grain, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t p = begin; p < end; ++p) {
        const std::int64_t row = p * piece, count = std::min(piece, s.rows - row);
        float* dgamma = sums + p * 2 * s.size;
        loop(a.in<float>(0) + row * s.size, s.gamma < 0 ? nullptr : a.in<float>(s.gamma),
             a.in<float>(s.statistics) + row, a.in<float>(s.statistics + 1) + row,
             a.in<float>(s.statistics + 2) + row * s.size, a.out<float>(0) + row * s.size,
             s.dgamma < 0 ? nullptr : dgamma, s.dbeta < 0 ? nullptr : dgamma + s.size, count,
             s.size);
      }
    });
    for (int which = 0; which < 2; ++which) {
      const int output = which == 0 ? s.dgamma : s.dbeta;
      if (output < 0) continue;
      float* to = a.out<float>(output);
      std::fill_n(to, s.size, 0.0f);
      for (std::int64_t p = 0; p < pieces; ++p) {
        const float* from = sums + (2 * p + which) * s.size;
        for (std::int64_t i = 0; i < s.size; ++i) to[i] += from[i];
      }
    }
  };
  return {.run = run,
          .workspace_bytes = static_cast<std::size_t>(pieces * 2 * s.size) * sizeof(float)};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_layer_normalization(KernelTable& table) {
  table.add("layer_normalization", {.name = "rows", .prepare = cpu::prepare_rows});
  table.add("layer_normalization_grad", {.name = "rows", .prepare = cpu::prepare_rows_grad});
  cpu::add_reference(table, "layer_normalization", cpu::prepare);
  cpu::add_reference(table, "layer_normalization_grad", cpu::prepare_grad);
}

}  // namespace weft::registration
