// gemm() by cuBLASLt.
#include "backends/cuda/gemm.hpp"

#include <weft/core/log.h>

#include <algorithm>
#include <type_traits>

#include "backends/cuda/cublaslt/batches.hpp"
#include "backends/cuda/cublaslt/product.hpp"
#include "backends/cuda/plain_gemm.hpp"
#include "backends/cuda/planning.hpp"
#include "backends/cuda/stream.hpp"

namespace weft::cuda {
namespace {

using cublaslt::Description;
using cublaslt::Product;

/// No product: C is beta C at most.
bool is_empty(const GemmCall& g) { return g.m == 0 || g.n == 0 || g.k == 0 || g.batch == 0; }

/// Without the policy.
Description describe(const GemmCall& g) {
  return {.operands = g.dtype,
          .result = g.dtype,
          .m = g.m,
          .n = g.n,
          .k = g.k,
          .transpose_a = g.transpose_a,
          .transpose_b = g.transpose_b,
          .lead_a = g.lead_a,
          .lead_b = g.lead_b,
          .lead_d = g.lead_c,
          .batch = g.batch,
          .step_a = g.batch == 1 ? 0 : g.step_a,
          .step_b = g.batch == 1 ? 0 : g.step_b,
          .step_d = g.batch == 1 ? 0 : g.step_c};
}

/// Calls f(part, number of its first batch) with as many batches as cuBLASLt takes at once.
template <class F>
void each_part(const GemmCall& call, F&& f) {
  for (std::int64_t first = 0; first < call.batch; first += cublaslt::most_batches) {
    GemmCall part = call;
    part.batch = std::min(cublaslt::most_batches, call.batch - first);
    f(part, first);
  }
}

template <class P>
P* shifted(P* from, std::int64_t elements, DType dtype) {
  using Byte = std::conditional_t<std::is_const_v<P>, const char, char>;
  return static_cast<Byte*>(from) + elements * static_cast<std::int64_t>(dtype.itemsize());
}

}  // namespace

// Of all policies: a kernel may run, once more, after a setting has changed, and has the workspace
// of its time.
std::size_t gemm_workspace_bytes(const GemmCall& call) {
  if (is_empty(call)) return 0;
  if (preparing_backend().only_plans()) return at_most(cublaslt::workspace_limit(planned_major));
  std::size_t most = 0;
  each_part(call, [&](const GemmCall& part, std::int64_t) {
    Description d = describe(part);
    for (const bool tf32 : {false, true}) {
      for (const bool deterministic : {false, true}) {
        d.follow(tf32, deterministic);
        most = std::max(most, Product::find(d)->workspace_bytes());
      }
    }
    d.follow_settings();
    if (const std::string& why_not = Product::find(d)->why_not(); !why_not.empty()) {
      weft::detail::log(LogLevel::warning,
                        "cuda: a kernel of weft's own, which is slower, takes the place of "
                        "cuBLASLt's: " +
                            why_not + ".");
    }
  });
  return most;
}

void gemm(const GemmCall& call, const void* a, const void* b, void* c, void* workspace,
          void* stream) {
  if (is_empty(call)) return plain_gemm(call, a, b, c, stream);
  each_part(call, [&](const GemmCall& part, std::int64_t first) {
    Description d = describe(part);
    d.follow_settings();
    const std::shared_ptr<const Product> product = Product::find(d);
    const cublaslt::Addresses at{.a = shifted(a, first * call.step_a, call.dtype),
                                 .b = shifted(b, first * call.step_b, call.dtype),
                                 .d = shifted(c, first * call.step_c, call.dtype)};
    if (product->why_not().empty() && product->can_run(at)) {
      product->run(at, call.alpha, call.beta, workspace,
                   static_cast<cudaStream_t>(stream_of(stream).handle()));
    } else {
      plain_gemm(part, at.a, at.b, at.d, stream);
    }
  });
}

}  // namespace weft::cuda
