// What cuBLASLt is told of a product, and what the CUDA runtime says where there is no device:
// neither needs one.
#include <weft/core/backend.h>
#include <weft/core/error.h>
#include <weft/core/settings.h>

#include <array>
#include <utility>
#include <vector>

#include "backends/cuda/cublaslt/batches.hpp"
#include "backends/cuda/cublaslt/descriptors.hpp"
#include "backends/cuda/cublaslt/handle.hpp"
#include "backends/cuda/device_api.hpp"
#include "backends/cuda/runtime_api.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

namespace weft::cuda {
namespace {

using namespace cublaslt;

template <class T>
T get(const Layout& layout, cublasLtMatrixLayoutAttribute_t name) {
  T value = {};
  std::size_t written = 0;
  REQUIRE(cublasLtMatrixLayoutGetAttribute(layout.get(), name, &value, sizeof(value), &written) ==
          CUBLAS_STATUS_SUCCESS);
  REQUIRE(written == sizeof(value));
  return value;
}

template <class T>
T get(const Operation& operation, cublasLtMatmulDescAttributes_t name) {
  T value = {};
  std::size_t written = 0;
  REQUIRE(cublasLtMatmulDescGetAttribute(operation.get(), name, &value, sizeof(value), &written) ==
          CUBLAS_STATUS_SUCCESS);
  REQUIRE(written == sizeof(value));
  return value;
}

template <class T>
T get(const Preference& preference, cublasLtMatmulPreferenceAttributes_t name) {
  T value = {};
  std::size_t written = 0;
  REQUIRE(cublasLtMatmulPreferenceGetAttribute(preference.get(), name, &value, sizeof(value),
                                               &written) == CUBLAS_STATUS_SUCCESS);
  REQUIRE(written == sizeof(value));
  return value;
}

/// A column-major matrix.
struct Columnwise {
  cudaDataType_t type;
  std::uint64_t rows, columns;
  std::int64_t lead, step;
  friend bool operator==(const Columnwise&, const Columnwise&) = default;
};

Columnwise read(const Layout& layout) {
  CHECK(get<std::int32_t>(layout, CUBLASLT_MATRIX_LAYOUT_ORDER) == CUBLASLT_ORDER_COL);
  return {static_cast<cudaDataType_t>(get<std::uint32_t>(layout, CUBLASLT_MATRIX_LAYOUT_TYPE)),
          get<std::uint64_t>(layout, CUBLASLT_MATRIX_LAYOUT_ROWS),
          get<std::uint64_t>(layout, CUBLASLT_MATRIX_LAYOUT_COLS),
          get<std::int64_t>(layout, CUBLASLT_MATRIX_LAYOUT_LD),
          get<std::int64_t>(layout, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET)};
}

/// Dense, of 7 x 5 by 5 x 3.
Description small(DType dtype, bool transpose_a = false, bool transpose_b = false) {
  return {.operands = dtype,
          .result = dtype,
          .m = 7,
          .n = 3,
          .k = 5,
          .transpose_a = transpose_a,
          .transpose_b = transpose_b,
          .lead_a = transpose_a ? 7 : 5,
          .lead_b = transpose_b ? 5 : 3,
          .lead_d = 3};
}

cudaDataType_t cuda_type(DType dtype) {
  if (dtype == DType::float64) return CUDA_R_64F;
  if (dtype == DType::float16) return CUDA_R_16F;
  return dtype == DType::bfloat16 ? CUDA_R_16BF : CUDA_R_32F;
}

struct KeepSettings {
  KeepSettings() = default;
  KeepSettings(const KeepSettings&) = delete;
  KeepSettings& operator=(const KeepSettings&) = delete;
  ~KeepSettings() {
    set_float32_matmul_precision(precision);
    set_deterministic(deterministic);
  }
  std::string precision = get_float32_matmul_precision();
  bool deterministic = weft::deterministic();
};

const DType all_types[] = {DType::float32, DType::float64, DType::float16, DType::bfloat16};

std::uint32_t reductions(const Description& d) {
  return get<std::uint32_t>(make_preference(d, 1024, element_alignment(d)),
                            CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK);
}

std::vector<BatchGroup> groups_of(const Shape& a, const Shape& b, Config attrs = {}) {
  const OpDef& op = find_op("matmul");
  const std::vector<TensorSpec> inputs = {{a, DType::float32}, {b, DType::float32}};
  const std::vector<TensorSpec> outputs = op.infer(inputs, attrs);
  return group_batches(kernels::GemmShape(KernelRequest{op, attrs, inputs, outputs}));
}

}  // namespace

namespace cublaslt {
static bool operator==(const BatchGroup& x, const BatchGroup& y) {
  return x.a == y.a && x.b == y.b && x.d == y.d && x.count == y.count && x.step_a == y.step_a &&
         x.step_b == y.step_b;
}
}  // namespace cublaslt

TEST_CASE("cublaslt: row-major matrices are column-major ones that change places", "[cuda_host]") {
  for (const DType dtype : all_types) {
    const cudaDataType_t type = cuda_type(dtype);
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        CAPTURE(dtype.name(), ta, tb);
        const Description d = small(dtype, ta, tb);
        const Layouts layouts(d);
        CHECK(read(layouts.first) ==
              (tb ? Columnwise{type, 5, 3, 5, 0} : Columnwise{type, 3, 5, 3, 0}));
        CHECK(read(layouts.second) ==
              (ta ? Columnwise{type, 7, 5, 7, 0} : Columnwise{type, 5, 7, 5, 0}));
        CHECK(read(layouts.result) == Columnwise{type, 3, 7, 3, 0});
        CHECK(get<std::int32_t>(layouts.result, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT) == 1);
        const Operation operation = make_operation(d, false);
        CHECK(get<std::int32_t>(operation, CUBLASLT_MATMUL_DESC_TRANSA) ==
              (tb ? CUBLAS_OP_T : CUBLAS_OP_N));
        CHECK(get<std::int32_t>(operation, CUBLASLT_MATMUL_DESC_TRANSB) ==
              (ta ? CUBLAS_OP_T : CUBLAS_OP_N));
        CHECK(get<std::int32_t>(operation, CUBLASLT_MATMUL_DESC_POINTER_MODE) ==
              CUBLASLT_POINTER_MODE_HOST);
      }
    }
  }
}

TEST_CASE("cublaslt: leading dimensions, batches and their steps", "[cuda_host]") {
  // Gates side by side: matrices of a batch begin within each other's rows.
  Description d = small(DType::float32);
  d.batch = 4;
  d.lead_b = d.lead_d = 12;
  d.step_a = 0;
  d.step_b = d.step_d = 3;
  const Layouts layouts(d);
  CHECK(read(layouts.first) == Columnwise{CUDA_R_32F, 3, 5, 12, 3});
  CHECK(read(layouts.second) == Columnwise{CUDA_R_32F, 5, 7, 5, 0});
  CHECK(read(layouts.result) == Columnwise{CUDA_R_32F, 3, 7, 12, 3});
  for (const Layout* layout : {&layouts.first, &layouts.second, &layouts.result})
    CHECK(get<std::int32_t>(*layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT) == 4);
  CHECK(d.text() == "float32 [7, 5] x [5, 3], batch 4");
}

TEST_CASE("cublaslt: what sums are made in follows the settings", "[cuda_host]") {
  const KeepSettings keep;
  const auto computed_in = [](Description d) {
    d.follow_settings();
    const Operation operation = make_operation(d, false);
    return std::pair(get<std::int32_t>(operation, CUBLASLT_MATMUL_DESC_COMPUTE_TYPE),
                     get<std::int32_t>(operation, CUBLASLT_MATMUL_DESC_SCALE_TYPE));
  };
  using Pair = std::pair<std::int32_t, std::int32_t>;
  for (const char* precision : {"highest", "high", "medium"}) {
    set_float32_matmul_precision(precision);
    const bool strict = std::string(precision) == "highest";
    CAPTURE(precision);
    CHECK(computed_in(small(DType::float32)) ==
          Pair(strict ? CUBLAS_COMPUTE_32F : CUBLAS_COMPUTE_32F_FAST_TF32, CUDA_R_32F));
    CHECK(computed_in(small(DType::float64)) == Pair(CUBLAS_COMPUTE_64F, CUDA_R_64F));
    CHECK(computed_in(small(DType::float16)) == Pair(CUBLAS_COMPUTE_32F, CUDA_R_32F));
    CHECK(computed_in(small(DType::bfloat16)) == Pair(CUBLAS_COMPUTE_32F, CUDA_R_32F));
    Description mixed = small(DType::bfloat16);
    mixed.result = DType::float32;
    CHECK(computed_in(mixed) == Pair(CUBLAS_COMPUTE_32F, CUDA_R_32F));
    const Layouts layouts(mixed);
    CHECK(read(layouts.first).type == CUDA_R_16BF);
    CHECK(read(layouts.second).type == CUDA_R_16BF);
    CHECK(read(layouts.result).type == CUDA_R_32F);
    CHECK(mixed.text() == "bfloat16 [7, 5] x [5, 3] -> float32");
  }
}

TEST_CASE("cublaslt: parts of sums are added up in no place that costs bits", "[cuda_host]") {
  const KeepSettings keep;
  constexpr std::uint32_t apart = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE,
                          in_output = CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE,
                          in_place = CUBLASLT_REDUCTION_SCHEME_INPLACE;
  for (const bool on : {false, true}) {
    set_deterministic(on);
    for (const DType dtype : all_types) {
      CAPTURE(on, dtype.name());
      Description d = small(dtype);
      d.follow_settings();
      const std::uint32_t wide = apart | in_output | (on ? 0 : in_place);
      CHECK(reductions(d) == (dtype.itemsize() == 2 ? apart : wide));
    }
  }
}

TEST_CASE("cublaslt: a bias is of the result's type and one for all rows", "[cuda_host]") {
  for (const DType dtype : all_types) {
    CAPTURE(dtype.name());
    Description d = small(dtype);
    d.bias = true;
    const Operation without = make_operation(d, false), with = make_operation(d, true);
    CHECK(get<std::uint32_t>(without, CUBLASLT_MATMUL_DESC_EPILOGUE) == CUBLASLT_EPILOGUE_DEFAULT);
    CHECK(get<std::uint32_t>(with, CUBLASLT_MATMUL_DESC_EPILOGUE) == CUBLASLT_EPILOGUE_BIAS);
    CHECK(get<std::int32_t>(with, CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE) == cuda_type(dtype));
    CHECK(get<std::int64_t>(with, CUBLASLT_MATMUL_DESC_BIAS_BATCH_STRIDE) == 0);
    CHECK(get<std::uintptr_t>(with, CUBLASLT_MATMUL_DESC_BIAS_POINTER) % widest_access == 0);
  }
}

TEST_CASE("cublaslt: an algorithm may be told to do with less alignment", "[cuda_host]") {
  Description d = small(DType::bfloat16, true);
  d.result = DType::float32;
  const Preference p = make_preference(d, 4096, element_alignment(d));
  CHECK(get<std::uint64_t>(p, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES) == 4096);
  CHECK(get<std::uint32_t>(p, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES) == 2);
  CHECK(get<std::uint32_t>(p, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES) == 2);
  CHECK(get<std::uint32_t>(p, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES) == 4);
  CHECK(get<std::uint32_t>(p, CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES) == 4);
  CHECK(d.text() == "bfloat16 [5, 7]^T x [5, 3] -> float32");
  CHECK(workspace_limit(8) == std::size_t{4} << 20);
  CHECK(workspace_limit(9) == std::size_t{32} << 20);
  CHECK(workspace_limit(12) == std::size_t{32} << 20);
}

TEST_CASE("cublaslt: batches of a matmul are grouped where their steps are the same",
          "[cuda_host]") {
  using Groups = std::vector<BatchGroup>;
  CHECK(groups_of({2, 3}, {3, 4}) == Groups{{0, 0, 0, 1, 0, 0}});
  // A shared B: rows of one product.
  CHECK(groups_of({5, 2, 3}, {3, 4}) == Groups{{0, 0, 0, 1, 0, 0}});
  CHECK(groups_of({5, 2, 3}, {5, 3, 4}) == Groups{{0, 0, 0, 5, 6, 12}});
  CHECK(groups_of({6, 5, 2, 3}, {6, 5, 3, 4}) == Groups{{0, 0, 0, 30, 6, 12}});
  CHECK(groups_of({2, 3}, {5, 3, 4}) == Groups{{0, 0, 0, 5, 0, 12}});
  CHECK(groups_of({5, 3, 2}, {3, 4}, {{"transpose_a", true}}) == Groups{{0, 0, 0, 5, 6, 0}});
  // Both are repeated, each along another axis.
  CHECK(groups_of({2, 1, 2, 3}, {1, 3, 3, 4}) == Groups{{0, 0, 0, 3, 0, 12}, {6, 0, 24, 3, 0, 12}});
  CHECK(groups_of({0, 2, 3}, {0, 3, 4}).empty());
  CHECK(groups_of({100000, 1, 1}, {100000, 1, 1}) ==
        Groups{{0, 0, 0, 65535, 1, 1}, {65535, 65535, 65535, 34465, 1, 1}});
}

TEST_CASE("cublaslt: groups hold every batch once, where the shape has it", "[cuda_host]") {
  const OpDef& op = find_op("matmul");
  for (const auto& [a, b] : {std::pair<Shape, Shape>{{2, 3, 1, 2, 3}, {1, 3, 4, 3, 2}},
                             {{4, 1, 2, 2, 3}, {3, 2, 3, 2}},
                             {{2, 2, 2, 3}, {2, 1, 3, 2}},
                             {{2, 1, 2, 1, 2, 3}, {1, 2, 1, 2, 3, 2}}}) {
    const std::vector<TensorSpec> inputs = {{a, DType::float32}, {b, DType::float32}};
    const std::vector<TensorSpec> outputs = op.infer(inputs, {});
    const Config attrs;
    const kernels::GemmShape shape(KernelRequest{op, attrs, inputs, outputs});
    std::vector<std::array<std::int64_t, 3>> expected, received;
    shape.batches([&](auto x, auto y, auto z) { expected.push_back({x, y, z}); });
    for (const BatchGroup& g : group_batches(shape)) {
      for (std::int64_t i = 0; i < g.count; ++i) {
        received.push_back({g.a + i * g.step_a, g.b + i * g.step_b, g.d + i * shape.m * shape.n});
      }
    }
    CHECK(received == expected);
  }
}

TEST_CASE("cublaslt: a failure names the call and the product", "[cuda_host][errors]") {
  CHECK(test::error_of<DeviceError>([] {
          check(CUBLAS_STATUS_EXECUTION_FAILED, "cublasLtMatmul", small(DType::float32).text());
        })
            .rfind("cuda: cublasLtMatmul failed for float32 [7, 5] x [5, 3]: "
                   "CUBLAS_STATUS_EXECUTION_FAILED (",
                   0) == 0);
  CHECK(test::error_of<DtypeError>([] { Layouts(small(DType::int32)); }) ==
        "cuda: cuBLASLt is not asked for matrices of int32");
}

TEST_CASE("the CUDA runtime: each reason for no device has a sentence that says what to do",
          "[cuda_host][errors]") {
  CHECK(why_no_device(cudaErrorInsufficientDriver, 0, 13000) ==
        "cuda: there is no NVIDIA driver. Install the driver, version 580 or newer, for an NVIDIA "
        "GPU.");
  CHECK(why_no_device(cudaErrorInsufficientDriver, 11080, 12060) ==
        "cuda: the NVIDIA driver is too old. Expected: one for CUDA 12.6, version 525 or newer. "
        "Received: one for CUDA 11.8.");
  CHECK(why_no_device(cudaErrorStubLibrary, 0, 13000) ==
        "cuda: the libcuda.so.1 that was found is the toolkit's stub, not a driver. Install the "
        "NVIDIA driver, version 580 or newer, and take the toolkit's folder stubs off "
        "LD_LIBRARY_PATH.");
  const std::string no_gpu = why_no_device(cudaErrorNoDevice, 13000, 13000);
  CHECK(no_gpu ==
        "cuda: the NVIDIA driver finds no GPU. See whether nvidia-smi lists one, and whether "
        "CUDA_VISIBLE_DEVICES hides it.");
  CHECK(why_no_device(cudaSuccess, 13000, 13000) == no_gpu);
  CHECK(why_no_device(cudaErrorSystemDriverMismatch, 13010, 13000)
            .rfind("cuda: the devices cannot be used: cudaErrorSystemDriverMismatch (", 0) == 0);
}

TEST_CASE("the CUDA runtime: without a device there is a sentence, not a device API",
          "[cuda_host][errors]") {
  int devices = 0, driver = 0, runtime = 0;
  const cudaError_t status = cudaGetDeviceCount(&devices);
  REQUIRE(cudaDriverGetVersion(&driver) == cudaSuccess);
  REQUIRE(cudaRuntimeGetVersion(&runtime) == cudaSuccess);
  CHECK(runtime / 1000 == CUDART_VERSION / 1000);
  if (status == cudaSuccess && devices > 0) {
    CHECK(make_device_api()->device_count() == devices);
    return;
  }
  CHECK(test::error_of<DeviceError>([] { make_device_api(); }) ==
        why_no_device(status, driver, runtime));
}

TEST_CASE("the CUDA runtime: a failure gives CUDA's name and words", "[cuda_host][errors]") {
  CHECK_NOTHROW(check(cudaSuccess, "cudaMalloc"));
  CHECK(test::error_of<DeviceError>([] { check(cudaErrorInvalidValue, "cudaMalloc"); }) ==
        "cuda: cudaMalloc failed: cudaErrorInvalidValue (invalid argument).");
  const std::string versions = runtime_versions();
  CAPTURE(versions);
  CHECK(versions.rfind("CUDA 1", 0) == 0);
  CHECK(versions.find(" driver") != std::string::npos);
  CHECK(versions.find(", cuDNN 9.") != std::string::npos);
  CHECK(versions.find(", cuBLASLt 1") != std::string::npos);
}

}  // namespace weft::cuda
