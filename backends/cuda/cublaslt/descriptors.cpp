#include "backends/cuda/cublaslt/descriptors.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>

#include "backends/cuda/cublaslt/handle.hpp"

namespace weft::cuda::cublaslt {
namespace {

// Attributes are taken by their size, so the types are spelt out.
template <class T>
void set(const Description& d, const Operation& operation, cublasLtMatmulDescAttributes_t name,
         T value) {
  check(cublasLtMatmulDescSetAttribute(operation.get(), name, &value, sizeof(value)),
        "cublasLtMatmulDescSetAttribute", d.text());
}
template <class T>
void set(const Description& d, const Layout& layout, cublasLtMatrixLayoutAttribute_t name,
         T value) {
  check(cublasLtMatrixLayoutSetAttribute(layout.get(), name, &value, sizeof(value)),
        "cublasLtMatrixLayoutSetAttribute", d.text());
}
template <class T>
void set(const Description& d, const Preference& preference,
         cublasLtMatmulPreferenceAttributes_t name, T value) {
  check(cublasLtMatmulPreferenceSetAttribute(preference.get(), name, &value, sizeof(value)),
        "cublasLtMatmulPreferenceSetAttribute", d.text());
}

/// Of a row-major matrix [rows, columns].
Layout make_layout(const Description& d, DType dtype, std::int64_t rows, std::int64_t columns,
                   std::int64_t lead, std::int64_t step) {
  cublasLtMatrixLayout_t raw = nullptr;
  check(cublasLtMatrixLayoutCreate(&raw, type_of(dtype), static_cast<std::uint64_t>(columns),
                                   static_cast<std::uint64_t>(rows), lead),
        "cublasLtMatrixLayoutCreate", d.text());
  Layout layout(raw);
  if (d.batch != 1) {
    set(d, layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, static_cast<std::int32_t>(d.batch));
    set(d, layout, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, step);
  }
  return layout;
}

cublasComputeType_t compute_type(const Description& d) {
  if (d.operands == DType::float64) return CUBLAS_COMPUTE_64F;
  return d.tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
}

// Where the sum over k is made in parts, these are added up in the workspace, in the type of sums
// or in that of the result, or in D. Of halves only the first: a sum is rounded once. In D the
// parts take turns; NVIDIA promises the same bits, but deterministic() does without.
std::uint32_t allowed_reductions(const Description& d) {
  std::uint32_t allowed = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
  if (d.result.itemsize() > 2) allowed |= CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE;
  if (d.sums_in_result) allowed |= CUBLASLT_REDUCTION_SCHEME_INPLACE;
  return allowed;
}

}  // namespace

cudaDataType_t type_of(DType dtype) {
  switch (dtype.code()) {
    case DType::float32:
      return CUDA_R_32F;
    case DType::float64:
      return CUDA_R_64F;
    case DType::float16:
      return CUDA_R_16F;
    case DType::bfloat16:
      return CUDA_R_16BF;
    default:
      throw DtypeError("cuda: cuBLASLt is not asked for matrices of " + dtype.name());
  }
}

cudaDataType_t scale_type_of(DType dtype) {
  return dtype == DType::float64 ? CUDA_R_64F : CUDA_R_32F;
}

void Description::follow(bool tf32_is_allowed, bool is_deterministic) {
  tf32 = tf32_is_allowed && operands == DType::float32;
  sums_in_result = !is_deterministic && result.itemsize() > 2;
}

void Description::follow_settings() {
  // "medium" is made of the operands, by a pass of the plan; what that leaves is as under "high".
  follow(get_float32_matmul_precision() != "highest", deterministic());
}

std::string Description::text() const {
  std::string text = fmt::format("{} [{}, {}]{} x [{}, {}]{}", operands.name(), transpose_a ? k : m,
                                 transpose_a ? m : k, transpose_a ? "^T" : "", transpose_b ? n : k,
                                 transpose_b ? k : n, transpose_b ? "^T" : "");
  if (!(result == operands)) text += " -> " + result.name();
  if (bias) text += " + bias";
  if (batch != 1) text += fmt::format(", batch {}", batch);
  return text;
}

Layouts::Layouts(const Description& d)
    : first(make_layout(d, d.operands, d.transpose_b ? d.n : d.k, d.transpose_b ? d.k : d.n,
                        d.lead_b, d.step_b)),
      second(make_layout(d, d.operands, d.transpose_a ? d.k : d.m, d.transpose_a ? d.m : d.k,
                         d.lead_a, d.step_a)),
      result(make_layout(d, d.result, d.m, d.n, d.lead_d, d.step_d)) {}

Operation make_operation(const Description& d, bool bias) {
  cublasLtMatmulDesc_t raw = nullptr;
  check(cublasLtMatmulDescCreate(&raw, compute_type(d), scale_type_of(d.operands)),
        "cublasLtMatmulDescCreate", d.text());
  Operation operation(raw);
  const auto transposed = [](bool yes) {
    return static_cast<std::int32_t>(yes ? CUBLAS_OP_T : CUBLAS_OP_N);
  };
  set(d, operation, CUBLASLT_MATMUL_DESC_TRANSA, transposed(d.transpose_b));
  set(d, operation, CUBLASLT_MATMUL_DESC_TRANSB, transposed(d.transpose_a));
  if (bias) {
    // Of the length of D's rows: of our columns. One for all batches.
    set(d, operation, CUBLASLT_MATMUL_DESC_EPILOGUE,
        static_cast<std::uint32_t>(CUBLASLT_EPILOGUE_BIAS));
    set(d, operation, CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE,
        static_cast<std::int32_t>(type_of(d.result)));
    // Until there is one: the check of an algorithm takes its alignment from the address.
    set(d, operation, CUBLASLT_MATMUL_DESC_BIAS_POINTER, std::uintptr_t{widest_access});
  }
  return operation;
}

Alignment element_alignment(const Description& d) {
  return {static_cast<std::uint32_t>(d.operands.itemsize()),
          static_cast<std::uint32_t>(d.result.itemsize())};
}

Preference make_preference(const Description& d, std::size_t workspace_limit, Alignment alignment) {
  cublasLtMatmulPreference_t raw = nullptr;
  check(cublasLtMatmulPreferenceCreate(&raw), "cublasLtMatmulPreferenceCreate", d.text());
  Preference p(raw);
  set(d, p, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, std::uint64_t{workspace_limit});
  set(d, p, CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, allowed_reductions(d));
  set(d, p, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, alignment.operands);
  set(d, p, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, alignment.operands);
  set(d, p, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, alignment.result);
  set(d, p, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, alignment.result);
  return p;
}

}  // namespace weft::cuda::cublaslt
