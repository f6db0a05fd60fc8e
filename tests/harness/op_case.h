// One struct per op: what is computed, from what, how it is known independently. run_case checks it
// all:
//   - shape and dtype of the outputs, as computed and as inferred (also with a first dimension that
//   is None);
//   - the values against `formula`, in float32 (or the dtypes given) and in every dtype of
//   `more_dtypes`;
//   - the gradient, by central finite differences in float64 of a random projection of the outputs;
//   - the gradient's own gradient, where `second_order` asks for it;
//   - that a plan gives the same bits as eager calls, values and gradients;
//   - all of it again on `more_shapes` (odd sizes; empty ones without gradient).
//
//   run_case({.op = "matmul",
//             .inputs = {{{2, 3}}, {{3, 4}}},
//             .formula = [](const std::vector<Array>& in) { return std::vector<Array>{...}; },
//             .more_shapes = {{{1, 1}, {1, 1}}, {{17, 5}, {5, 9}}, {{0, 3}, {3, 4}}}});
#pragma once
#include <weft/core/config.h>
#include <weft/core/tensor.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace weft::testing {

/// A dense row-major array of doubles: what a formula reads and returns.
struct Array {
  Shape shape;
  std::vector<double> values;
};

/// An input of a case: uniform numbers in [low, high), the same in every run. Integers are drawn
/// from low..high-1, bools are 0 or 1.
struct CaseInput {
  Shape shape;
  DType dtype = DType::float32;
  double low = -2, high = 2;
  std::vector<double> avoid =
      {};  ///< points where the op has a kink or a pole: no value lies within 0.05 of one
  bool differentiable = true;       ///< whether its gradient is checked (floating inputs only)
  std::vector<double> values = {};  ///< these instead of random ones; repeated as often as needed
};

struct OpCase {
  std::string op;  ///< its registered name
  std::vector<CaseInput> inputs;
  Config attrs = {};
  /// The outputs by independent means. Inputs are given after rounding to their dtype. Null: values
  /// are not checked.
  std::function<std::vector<Array>(const std::vector<Array>& inputs)> formula;
  double tolerance = 1e-5;  ///< max|a-b| <= tolerance max|b| per output, for float32
  bool gradient = true;
  double gradient_tolerance = 1e-6;  ///< max|a-b| <= gradient_tolerance max(1, max|b|) per input
  bool second_order = false;
  bool plan = true;
  bool abstract = true;  ///< whether `infer` takes None as the first dimension of the inputs that
                         ///< have input 0's
  std::vector<DType> output_dtypes = {};  ///< empty: the first input's
  std::vector<DType> more_dtypes =
      {};  ///< the floating inputs in these too; tolerances follow the dtype
  std::vector<std::vector<Shape>> more_shapes = {};  ///< one list of input shapes each
  std::string name = {};                             ///< for messages; empty: the op's
};

/// Checks all of the above with Catch; each failure names the case, the shapes and the dtype.
void run_case(const OpCase& c);

// Pieces for tests of another form.

/// The tensor of an input; the same for the same input and `seed`.
Tensor make_input(const CaseInput& input, std::uint64_t seed = 0);
/// The elements as doubles.
Array to_array(const Tensor& t);
/// CHECKs shapes, and max|a-b| <= tolerance max|b| (NaN equals NaN, an infinity itself).
void check_close(const Array& received, const Array& expected, double tolerance,
                 const std::string& what);
/// Whether two concrete tensors have the same shape, dtype and bits (NaN equals NaN of the same
/// bits).
bool same_bits(const Tensor& a, const Tensor& b);
/// What `tolerance` of a float32 comparison is for another dtype.
double tolerance_for(DType dtype, double tolerance);

// Pieces for formulas.

/// Applies f elementwise; of two or three arrays with NumPy's broadcasting.
Array map(const Array& a, const std::function<double(double)>& f);
Array map(const Array& a, const Array& b, const std::function<double(double, double)>& f);
Array map(const Array& a, const Array& b, const Array& c,
          const std::function<double(double, double, double)>& f);

}  // namespace weft::testing
