// What a product of matrices is, and how cuBLASLt is told.
#pragma once
#include <cublasLt.h>
#include <weft/core/dtype.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace weft::cuda::cublaslt {

/// D [m, n] = alpha op(A) [m, k] op(B) [k, n] + beta D, row-major, for `batch` matrices; the
/// leading dimensions are the distances of rows, the steps those of matrices, in elements. Sums are
/// made in float32, of float64 in float64.
struct Description {
  DType operands = DType::float32;  ///< floating; of A and B
  DType result = DType::float32;    ///< that of the operands, or float32 where they are bfloat16
  std::int64_t m = 0, n = 0, k = 0;
  bool transpose_a = false, transpose_b = false;  ///< A is stored [k, m], B [n, k]
  std::int64_t lead_a = 0, lead_b = 0, lead_d = 0;
  std::int64_t batch = 1, step_a = 0, step_b = 0, step_d = 0;
  /// A vector [n] of the result's dtype may be added to each row. It is added to the sum before
  /// that is rounded to the result.
  bool bias = false;

  bool tf32 = false;            ///< float32 operands may be rounded to TF32
  bool sums_in_result = false;  ///< parts of a sum over k may be added up in D, in place

  friend bool operator==(const Description&, const Description&) = default;

  /// Sets the last two as the settings of the process (core/settings.h) want them.
  void follow_settings();
  void follow(bool tf32_is_allowed, bool is_deterministic);
  /// "float32 [64, 784] x [784, 10]^T, batch 3", for messages.
  std::string text() const;
};

struct Destroy {
  void operator()(cublasLtMatmulDesc_t d) const { cublasLtMatmulDescDestroy(d); }
  void operator()(cublasLtMatrixLayout_t d) const { cublasLtMatrixLayoutDestroy(d); }
  void operator()(cublasLtMatmulPreference_t d) const { cublasLtMatmulPreferenceDestroy(d); }
};
using Operation = std::unique_ptr<cublasLtMatmulDescOpaque_t, Destroy>;
using Layout = std::unique_ptr<cublasLtMatrixLayoutOpaque_t, Destroy>;
using Preference = std::unique_ptr<cublasLtMatmulPreferenceOpaque_t, Destroy>;

/// cuBLASLt's matrices are column-major, so a row-major one is its own transpose there: instead of
/// D = A B it is told D^T = B^T A^T. Its first operand is our B, its second our A. (It knows
/// row-major matrices, too, but adds no bias to them.)
struct Layouts {
  Layout first, second, result;
  explicit Layouts(const Description& d);
};

/// What is done to them; `bias`: with the bias. cuBLASLt's relu is not taken for ours: it makes 0
/// of NaN, which would hide that a model has diverged. Its gelu is the approximation by tanh.
Operation make_operation(const Description& d, bool bias);

/// How the addresses are aligned that an algorithm must do with, in bytes.
struct Alignment {
  std::uint32_t operands, result;
};
inline constexpr std::uint32_t widest_access = 16;
/// All that may be expected of memory that begins anywhere in a tensor.
Alignment element_alignment(const Description& d);

Preference make_preference(const Description& d, std::size_t workspace_limit, Alignment alignment);

/// Type of a matrix; of the numbers alpha and beta for a product of such matrices.
cudaDataType_t type_of(DType dtype);
cudaDataType_t scale_type_of(DType dtype);

}  // namespace weft::cuda::cublaslt
