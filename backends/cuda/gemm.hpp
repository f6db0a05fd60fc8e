// The product of two matrices inside other kernels (recurrent cells, attention): cuBLASLt's on a
// GPU, a plain kernel's where emulated.
#pragma once
#include <weft/core/dtype.h>

#include <cstddef>
#include <cstdint>

namespace weft::cuda {

/// C [m, n] = alpha op(A) [m, k] op(B) [k, n] + beta C, row-major, for `batch` matrices; the
/// leading dimensions are the distances of rows, the steps those of matrices, in elements. A sum is
/// made in float32 (float64 for float64).
struct GemmCall {
  DType dtype = DType::float32;  ///< of A, B and C: float32, float64, float16, bfloat16
  std::int64_t m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;  ///< A is stored [k, m], B [n, k]
  std::int64_t lead_a = 0, lead_b = 0, lead_c = 0;
  std::int64_t batch = 1, step_a = 0, step_b = 0, step_c = 0;
  float alpha = 1, beta = 0;
};

/// Puts it on the stream of KernelArgs. `workspace` has gemm_workspace_bytes(call).
void gemm(const GemmCall& call, const void* a, const void* b, void* c, void* workspace,
          void* stream);
std::size_t gemm_workspace_bytes(const GemmCall& call);

}  // namespace weft::cuda
