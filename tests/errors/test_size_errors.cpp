// What is said of sizes that no memory has: products and sums that would wrap round, windows and
// strides beyond reason, tensors without elements where a kernel would divide by their number.
#include <weft/weft.h>

#include <cstdint>
#include <limits>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

namespace {

constexpr std::int64_t two_to_60 = std::int64_t{1} << 60, two_to_61 = std::int64_t{1} << 61,
                       two_to_62 = std::int64_t{1} << 62,
                       largest = std::numeric_limits<std::int64_t>::max(),
                       least = std::numeric_limits<std::int64_t>::min();
constexpr int int_max = std::numeric_limits<int>::max();

template <class F>
std::string shape_error(F f) {
  return error_of<ShapeError>(f);
}

}  // namespace

TEST_CASE("more bytes than there are addresses", "[errors]") {
  CHECK(shape_error([] { ops::zeros({two_to_62}); }) ==
        "ops::full: A tensor of shape (4611686018427387904,) is too large. Expected: fewer than "
        "2^63 bytes. Received: 4611686018427387904 elements of float32");
  CHECK_THAT(shape_error([] { ops::zeros({two_to_61, 4}); }), Contains("too many elements"));
  CHECK_THAT(shape_error([] { ops::eye(std::int64_t{1} << 31, {.M = std::int64_t{1} << 31}); }),
             Contains("ops::eye: A tensor of shape"));
  CHECK_THAT(shape_error([] { ops::broadcast_to(Tensor(2.0F), {two_to_62}); }),
             Contains("ops::broadcast_to: A tensor of shape"));
  CHECK_THAT(shape_error([] { layers::Dense(4, {.name = "wide"})(Input({two_to_60})); }),
             Contains("is too large") && Contains("layer 'wide'"));
  CHECK_THAT(
      shape_error([] {
        Tensor::from(std::vector<float>{1}, {-1, std::int64_t{1} << 32, std::int64_t{1} << 32});
      }),
      Contains("does not fit the shape"));
  CHECK_THAT(shape_error([] { Tensor::wrap<float>(nullptr, {two_to_62}); }),
             Contains("is too large"));
}

TEST_CASE("sizes of attributes that would wrap round", "[errors]") {
  const Tensor x = ops::ones({3, 4});
  CHECK_THAT(shape_error([&] {
               ops::pad(x, {{largest, largest}, {0, 0}});
             }),
             Contains("pad: the result is too large"));
  CHECK_THAT(shape_error([&] {
               ops::pad(x, {{-1, 0}, {0, 0}});
             }),
             Contains("the width of axis 0 is wrong") && Contains("Received: (-1, 0)"));
  CHECK_THAT(shape_error([&] { ops::repeat(x, two_to_62); }),
             Contains("repeat: the result is too large. Expected: dimensions below 2^63. Received: "
                      "12 * 4611686018427387904"));
  CHECK_THAT(error_of<OutOfMemory>([&] { ops::repeat(x, two_to_60 / 12); }),
             Contains("could not allocate"));
  CHECK_THAT(shape_error([&] {
               ops::tile(x, {two_to_62, 1});
             }),
             Contains("tile: the result is too large"));
  const Tensor image = ops::ones({1, 2, 2, 1});
  CHECK_THAT(shape_error([&] { ops::interpolate(image, 1, two_to_62, "bilinear"); }),
             Contains("interpolate: the result is too large"));
  CHECK_THAT(shape_error([&] {
               ops::upsample(image, std::vector<std::int64_t>{two_to_61, 1});
             }),
             Contains("upsample: `size` does not fit"));
  CHECK_THAT(shape_error([&] {
               ops::broadcast_to(x, {-1, 3, 4});
             }),
             Contains("broadcast_to: a dimension is negative"));
  CHECK_THAT(error_of<OutOfMemory>([] { utils::to_categorical(Tensor::of({two_to_62})); }),
             Contains("to_categorical: there is not enough memory"));
}

TEST_CASE("a slice with the largest step there is", "[errors]") {
  const Tensor x = ops::ones({3, 4});
  CHECK(x[Slice{least, largest, largest}].shape() == Shape{1, 4});
  CHECK(x[Slice{{}, {}, least}].shape() == Shape{1, 4});
}

TEST_CASE("windows, strides and dilations beyond reason", "[errors]") {
  const Tensor x = ops::ones({1, 4, 4, 2}), kernel = ops::ones({3, 3, 2, 5}),
               transposed = ops::ones({3, 3, 5, 2});
  using Ints = std::vector<std::int64_t>;
  CHECK_THAT(shape_error([&] {
               ops::conv(x, kernel, {.dilation_rate = Ints{largest, 1}});
             }),
             Contains("conv: `dilation_rate` does not fit. Expected: a positive integer up to "
                      "2147483647"));
  CHECK_THAT(shape_error([&] {
               ops::conv(x, ops::ones({0, 3, 2, 5}));
             }),
             Contains("conv: the kernel's window does not fit"));
  CHECK_THAT(shape_error([&] {
               ops::conv_transpose(x, transposed, {.strides = Ints{two_to_61, 1}});
             }),
             Contains("conv_transpose: `strides` does not fit"));
  CHECK_THAT(shape_error([&] {
               ops::conv_transpose(x, transposed, {.dilation_rate = Ints{two_to_62, 1}});
             }),
             Contains("conv_transpose: `dilation_rate` does not fit"));
  CHECK_THAT(shape_error([&] {
               ops::conv_transpose(x, transposed, {.output_padding = Ints{largest, 1}});
             }),
             Contains("`output_padding` does not fit"));
  CHECK_THAT(shape_error([&] {
               ops::average_pool(x, Ints{two_to_62, two_to_62}, {.padding = "same"});
             }),
             Contains("average_pool: `pool_size` does not fit"));
  CHECK_THAT(shape_error([&] {
               ops::max_pool(x, Ints{int_max, int_max}, {.padding = "same"});
             }),
             Contains("max_pool: pool_size is too large. Expected: windows of at most 2147483647"));
}

TEST_CASE("a window much larger than what it averages", "[errors]") {
  const Tensor x = ops::reshape(ops::arange(8), {1, 8, 1}).astype("float32");
  const Tensor y = ops::average_pool(x, int_max, {.strides = 1, .padding = "same"});
  REQUIRE(y.shape() == Shape{1, 8, 1});
  for (float v : y.to_vector<float>()) CHECK(v == 3.5F);
}

TEST_CASE("units that overflow with their gates", "[errors]") {
  CHECK_THAT(error_of<Error>([] { layers::LSTM l(int_max); }),
             Contains("LSTM: `units` is too large"));
  CHECK_THAT(error_of<Error>([] { layers::GRU l(1431655766); }),
             Contains("GRU: `units` is too large"));
}

TEST_CASE("products without rows or columns", "[errors]") {
  for (const char* dtype : {"float32", "float64"}) {
    CHECK(ops::matmul(ops::ones({3, 4}, dtype), ops::zeros({4, 0}, dtype)).shape() == Shape{3, 0});
    CHECK(ops::matmul(ops::ones({0, 4}, dtype), ops::zeros({4, 5}, dtype)).shape() == Shape{0, 5});
  }
  const Tensor y = ops::matmul(ops::ones({3, 0}), ops::zeros({0, 5}));
  CHECK(y.to_vector<float>() == std::vector<float>(15, 0.0F));
}

TEST_CASE("channels of which there are none", "[errors]") {
  CHECK_THAT(shape_error([] {
               ops::depthwise_conv(ops::ones({1, 4, 4, 0}), ops::ones({3, 3, 0, 1}));
             }),
             Contains("depthwise_conv: there are no channels"));
  CHECK_THAT(shape_error([] {
               ops::conv(ops::ones({1, 4, 4, 0}), ops::ones({3, 3, 1, 2}));
             }),
             Contains("must be evenly divisible by kernel's in_channels"));
  CHECK_THAT(shape_error([] {
               layers::DepthwiseConv2D(3)(Input({8, 8, 0}));
             }),
             Contains("there are no channels"));
  const Tensor in = Input({0});
  Model model(in, layers::BatchNormalization()(in));
  CHECK(Tensor(model.predict(ops::ones({2, 0}), {.verbose = 0})).shape() == Shape{2, 0});
}

TEST_CASE("sizes of layers that are no sizes", "[errors]") {
  const Tensor x = Input({3, 4});
  CHECK(error_of<Error>([] { layers::EinsumDense("ab,bc->ac", 0); }) ==
        "EinsumDense: received an invalid value for `output_shape`, expected positive integers or "
        "None. Received: output_shape=(0,)");
  for (int size : {0, -3}) {
    CHECK_THAT(error_of<Error>([&] { layers::MultiHeadAttention(2, 4, {.output_shape = size}); }),
               Contains("MultiHeadAttention: Received an invalid value for argument "
                        "`output_shape`, expected positive integers."));
  }
  CHECK_THAT(shape_error([&] {
               layers::MultiHeadAttention(2, 4, {.attention_axes = {1, 1}})({x, x});
             }),
             Contains("`attention_axes` names an axis twice"));
  CHECK_THAT(error_of<Error>([] { layers::BatchNormalization({.epsilon = -1}); }),
             Contains("BatchNormalization: `epsilon` must not be negative"));
  CHECK_THAT(error_of<Error>([] {
               layers::BatchNormalization({.momentum = std::numeric_limits<double>::quiet_NaN()});
             }),
             Contains("`momentum` is no number"));
  CHECK_THAT(
      error_of<DtypeError>([] { layers::Dense(3, {.dtype = "int32"})(Input({4})); }),
      Contains("GlorotUniform: the initial values are drawn as floating numbers. Expected: a "
               "floating dtype. Received: dtype=int32"));
}
