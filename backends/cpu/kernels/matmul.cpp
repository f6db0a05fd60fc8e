// matmul: the reference in every number type, and our own product of float32.
#include <algorithm>

#include "backends/cpu/kernels/gemm_shape.hpp"
#include "backends/cpu/sgemm.hpp"

namespace weft::cpu {
namespace {

template <class T>
using Sum = std::conditional_t<is_float<T>, double, std::uint64_t>;

/// c = a * b for one batch; a row of c in pieces that stay in the cache, summed in double (integers
/// wrap).
template <class T>
void multiply(const GemmShape& s, const T* a, const T* b, T* c) {
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
      for (std::int64_t j = 0; j < width; ++j) c[i * s.n + j0 + j] = store<T>(acc[j]);
    }
  }
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const GemmShape shape(r);
  return dispatch<Types::numbers>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [shape](const KernelArgs& args) {
      shape.batches([&](std::int64_t a, std::int64_t b, std::int64_t c) {
        multiply(shape, args.in<T>(0) + a, args.in<T>(1) + b, args.out<T>(0) + c);
      });
    }};
  });
}

PreparedKernel prepare_blocked(const KernelRequest& r, std::string& why_not) {
  if (!(r.outputs[0].dtype == DType::float32)) {
    why_not = "only float32";
    return {};
  }
  const GemmShape s(r);
  return {
      .run =
          [s, sgemm = best_sgemm()](const KernelArgs& args) {
            s.batches([&](std::int64_t a, std::int64_t b, std::int64_t c) {
              sgemm({s.m, s.n, s.k, args.in<float>(0) + a, s.transpose_a, args.in<float>(1) + b,
                     s.transpose_b, args.out<float>(0) + c, static_cast<float*>(args.workspace)});
            });
          },
      .workspace_bytes = sgemm_workspace_bytes(s.n, s.k)};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_matmul(KernelTable& table) {
  table.add("matmul", {.name = "blocked", .prepare = cpu::prepare_blocked});
  cpu::add_reference(table, "matmul", cpu::prepare);
}
}  // namespace weft::registration
