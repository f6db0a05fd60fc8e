#include <weft/core/ops/full.h>
#include <weft/core/ops/layer_normalization.h>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

Array normalized(const std::vector<Array>& in, int axes, double epsilon, bool gamma, bool beta) {
  std::int64_t size = 1;
  for (int i = in[0].shape.rank() - axes; i < in[0].shape.rank(); ++i) size *= in[0].shape[i];
  const auto n = static_cast<std::size_t>(size);
  Array out = in[0];
  for (std::size_t row = 0; row < out.values.size(); row += n) {
    double mean = 0, variance = 0;
    for (std::size_t i = 0; i < n; ++i) mean += in[0].values[row + i] / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i)
      variance += std::pow(in[0].values[row + i] - mean, 2) / static_cast<double>(n);
    for (std::size_t i = 0; i < n; ++i) {
      double& y = out.values[row + i];
      y = (y - mean) / std::sqrt(variance + epsilon);
      if (gamma) y *= in[1].values[i];
      if (beta) y += in[gamma ? 2 : 1].values[i];
    }
  }
  return out;
}

void run_layer_norm(const Shape& x, int axes, bool gamma, bool beta, bool gradient = true) {
  Shape w;
  for (int i = x.rank() - axes; i < x.rank(); ++i) w.push_back(x[i]);
  FunctionCase c{
      .name = "layer_normalization of " + x.to_string(),
      .inputs = {{x}},
      .function =
          [=](const std::vector<Tensor>& in) {
            return ops::layer_normalization(in[0], gamma ? in[1] : Tensor(),
                                            beta ? in[gamma ? 2 : 1] : Tensor(),
                                            {.axes = axes, .epsilon = 1e-3});
          },
      .formula =
          [=](const std::vector<Array>& in) { return normalized(in, axes, 1e-3, gamma, beta); },
      .gradient = gradient};
  if (gamma) c.inputs.push_back({w});
  if (beta) c.inputs.push_back({w});
  run_function(c);
}

/// The gradients in float32 and in float64.
void check_gradient(const Shape& x) {
  const Shape w{x[1]};
  std::vector<Array> made[2];
  for (int wide = 0; wide < 2; ++wide) {
    const DType type = wide == 0 ? DType::float32 : DType::float64;
    const std::vector<Tensor> in = {make_input({x}).astype(type), make_input({w}, 1).astype(type),
                                    make_input({w}, 2).astype(type)};
    GradientTape tape;
    for (const Tensor& t : in) tape.watch(t);
    const Tensor y = ops::layer_normalization(in[0], in[1], in[2]);
    for (const Tensor& g : tape.gradient(ops::sum(y * make_input({x}, 3).astype(type)), in))
      made[wide].push_back(to_array(g));
  }
  for (std::size_t i = 0; i < 3; ++i)
    check_close(made[0][i], made[1][i], 1e-5, "gradient " + std::to_string(i));
}

}  // namespace

TEST_CASE("layer_normalization: values, gradients, plans", "[conformance]") {
  for (const bool gamma : {false, true}) {
    for (const bool beta : {false, true}) {
      run_layer_norm({3, 5}, 1, gamma, beta);
      run_layer_norm({2, 3, 4}, 2, gamma, beta);
    }
  }
  run_layer_norm({2, 2, 17}, 1, true, true);
  run_layer_norm({600, 33}, 1, true, true, false);
  run_layer_norm({4, 1}, 1, true, true);
  for (const std::int64_t size : {4, 31, 256, 1024, 1025, 2052})
    run_layer_norm({9, size}, 1, true, size % 2 == 0, false);
}

TEST_CASE("layer_normalization: rows and reference agree in the gradient", "[ops]") {
  for (const Shape& shape : {Shape{700, 19}, Shape{300, 64}, Shape{20, 1100}, Shape{70, 1027}})
    check_gradient(shape);
}

TEST_CASE("layer_normalization says what does not fit", "[errors]") {
  const Tensor x = ops::zeros({2, 3});
  CHECK(test::error_of<ShapeError>([&] { ops::layer_normalization(x, ops::ones({2})); }) ==
        "layer_normalization: gamma or beta does not fit x. Expected: float32 of shape (3,). "
        "Received: float32 of shape (2,)");
  CHECK(test::error_of<ShapeError>([&] { ops::layer_normalization(x, {}, {}, {.axes = 3}); }) ==
        "layer_normalization: x has too few axes. Expected: rank 3 or more. Received: (2, 3)");
  CHECK(test::error_of<DtypeError>([&] {
          ops::layer_normalization(x.astype(DType::int32));
        }).find("x is not floating") != std::string::npos);
}

}  // namespace weft::testing
