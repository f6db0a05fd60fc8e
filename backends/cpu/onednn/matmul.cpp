// matmul of float32 through oneDNN's dnnl_sgemm: row-major, with transposes, no descriptors.
#include <oneapi/dnnl/dnnl.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>

#include <string>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/openmp.hpp"
#include "backends/shapes/gemm_shape.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  if (!only_float32_product(r, why_not)) return {};
  if (GemmEpilogue(r).any()) {
    why_not = "no bias, no activation";
    return {};
  }
  const GemmShape s(r);
  // Below this our own product is as fast on one thread, without the 30 ms that dnnl_sgemm's first
  // call costs a process. Ours has threads and gives the same bits for any number of them.
  constexpr double least = 1e9;
  if (static_cast<double>(s.batch_count()) * static_cast<double>(s.m * s.n) *
          static_cast<double>(s.k) <
      least) {
    why_not = "small: fewer than 1e9 multiplications";
    return {};
  }
  if (num_threads() > 1 || deterministic()) {
    why_not = "one thread only, and not under set_deterministic(true)";
    return {};
  }
  return {.run = [s](const KernelArgs& args) {
    const OneOpenmpThread one;
    s.batches([&](std::int64_t a, std::int64_t b, std::int64_t c) {
      const dnnl_status_t status =
          dnnl_sgemm(s.transpose_a ? 'T' : 'N', s.transpose_b ? 'T' : 'N', s.m, s.n, s.k, 1.0f,
                     args.in<float>(0) + a, s.transpose_a ? s.m : s.k, args.in<float>(1) + b,
                     s.transpose_b ? s.k : s.n, 0.0f, args.out<float>(0) + c, s.n);
      if (status != dnnl_success)
        throw Error("matmul: dnnl_sgemm failed with status " + std::to_string(status));
    });
  }};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void onednn_matmul(KernelTable& table) {
  table.add("matmul", {.name = "onednn", .prepare = cpu::prepare});
}
}  // namespace weft::registration
