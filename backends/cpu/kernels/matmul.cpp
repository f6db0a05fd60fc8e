// matmul: the reference in every number type, and our own product of float32.
#include <algorithm>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/sgemm.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "backends/shapes/gemm_shape.hpp"

namespace weft::cpu {
namespace {

template <class T>
using Sum = std::conditional_t<is_float<T>, double, std::uint64_t>;

/// c = a * b for one batch; a row of c in pieces that stay in the cache, summed in double (integers
/// wrap).
template <class T, class R>
void multiply(const GemmShape& s, const T* a, const T* b, R* c) {
  constexpr std::int64_t piece = 128;
  Sum<T> acc[piece];
  for (std::int64_t i = 0; i < s.m; ++i) {
    for (std::int64_t j0 = 0; j0 < s.n; j0 += piece) {
      const std::int64_t width = std::min(piece, s.n - j0);
      std::fill_n(acc, width, Sum<T>(0));
      for (std::int64_t k = 0; k < s.k; ++k) {
        const auto x = static_cast<Sum<T>>(load(s.transpose_a ? a[k * s.m + i] : a[i * s.k + k]));
        const T* row = s.transpose_b ? b + j0 * s.k + k : b + k * s.n + j0;
        const std::int64_t step = s.transpose_b ? s.k : 1;
        for (std::int64_t j = 0; j < width; ++j)
          acc[j] += x * static_cast<Sum<T>>(load(row[j * step]));
      }
      for (std::int64_t j = 0; j < width; ++j) c[i * s.n + j0 + j] = store<R>(acc[j]);
    }
  }
}

/// Bias and activation, each rounded to T: the bits of the ops that they stand for.
template <class T>
void finish(const GemmEpilogue& e, const T* bias, std::int64_t rows, std::int64_t columns, T* c) {
  for (std::int64_t i = 0; i < rows; ++i, c += columns) {
    if (e.bias) {
      for (std::int64_t j = 0; j < columns; ++j) {
        if constexpr (is_float<T>)
          c[j] = store<T>(load(c[j]) + load(bias[j]));
        else
          c[j] = math::add(c[j], bias[j]);
      }
    }
    if constexpr (is_float<T>) {
      if (e.activation == EpilogueActivation::none) continue;
      for (std::int64_t j = 0; j < columns; ++j)
        c[j] = store<T>(activate(e.activation, load(c[j])));
    }
  }
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const GemmShape shape(r);
  const GemmEpilogue epilogue(r);
  return dispatch_product<Types::numbers>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    return PreparedKernel{.run = [shape, epilogue](const KernelArgs& args) {
      shape.batches([&](std::int64_t a, std::int64_t b, std::int64_t c) {
        multiply(shape, args.in<T>(0) + a, args.in<T>(1) + b, args.out<R>(0) + c);
      });
      finish(epilogue, epilogue.bias ? args.in<R>(2) : nullptr, shape.batch_count() * shape.m,
             shape.n, args.out<R>(0));
    }};
  });
}

/// What is known of the product of one batch before its matrices are.
SgemmArgs shape_of(const GemmShape& s) {
  return {s.m, s.n, s.k, nullptr, s.transpose_a, nullptr, s.transpose_b, nullptr, nullptr};
}

/// Everything that it wants but where its matrices begin.
SgemmArgs product_of(const GemmShape& s, const GemmEpilogue& e, const KernelArgs& args) {
  SgemmArgs g = shape_of(s);
  g.a = args.in<float>(0);
  g.b = args.in<float>(1);
  g.c = args.out<float>(0);
  g.workspace = static_cast<float*>(args.workspace);
  if (e.bias) g.bias = args.in<float>(2);
  g.activation = e.activation;
  return g;
}

/// One product: its parts on the threads.
PreparedKernel one_product(const GemmShape& s, const GemmEpilogue& e, int threads) {
  return {.run =
              [s, e, threads](const KernelArgs& args) {
                s.batches([&](std::int64_t a, std::int64_t b, std::int64_t c) {
                  SgemmArgs g = product_of(s, e, args);
                  g.a += a;
                  g.b += b;
                  g.c += c;
                  parallel_sgemm(g, threads);
                });
              },
          .workspace_bytes = parallel_sgemm_bytes(shape_of(s), threads)};
}

/// Many products: some on each thread.
PreparedKernel many_products(const GemmShape& s, const GemmEpilogue& e, int parts) {
  const std::size_t workspace = sgemm_workspace_bytes(shape_of(s));
  return {.run =
              [s, e, parts, workspace, sgemm = best_sgemm()](const KernelArgs& args) {
                const std::int64_t count = s.batch_count();
                parallel_parts(parts, [&](int part) {
                  SgemmArgs g = product_of(s, e, args);
                  const float *first_a = g.a, *first_b = g.b;
                  float* first_c = g.c;
                  g.workspace += workspace / sizeof(float) * static_cast<std::size_t>(part);
                  s.batches(count * part / parts, count * (part + 1) / parts,
                            [&](std::int64_t a, std::int64_t b, std::int64_t c) {
                              g.a = first_a + a;
                              g.b = first_b + b;
                              g.c = first_c + c;
                              sgemm(g);
                            });
                });
              },
          .workspace_bytes = workspace * static_cast<std::size_t>(parts)};
}

PreparedKernel prepare_blocked(const KernelRequest& r, std::string& why_not) {
  if (!only_float32_product(r, why_not)) return {};
  const GemmShape s(r);
  const GemmEpilogue e(r);
  const int threads = num_threads();
  const std::int64_t count = s.batch_count();
  if (count < std::max(2, threads)) return one_product(s, e, threads);
  // A part of less than 200,000 multiplications is not worth a thread.
  const std::int64_t most =
      static_cast<std::int64_t>(static_cast<double>(count) * static_cast<double>(s.m * s.n) *
                                static_cast<double>(s.k) / 200e3);
  return many_products(s, e, static_cast<int>(std::clamp<std::int64_t>(most, 1, threads)));
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_matmul(KernelTable& table) {
  table.add("matmul", {.name = "blocked", .prepare = cpu::prepare_blocked});
  cpu::add_reference(table, "matmul", cpu::prepare);
}
}  // namespace weft::registration
