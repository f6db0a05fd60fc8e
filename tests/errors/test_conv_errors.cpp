// What convolutions say when they are made or called wrongly: Keras's words, with the class or the
// layer's name before them.
#include <weft/core/error.h>
#include <weft/core/ops/conv.h>
#include <weft/core/ops/conv_transpose.h>
#include <weft/core/ops/depthwise_conv.h>
#include <weft/core/ops/full.h>
#include <weft/graph/functional/input.h>
#include <weft/layers.h>

#include "graph/functional/layer_registry.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using weft::test::error_of;

namespace {

using Conv2DOptions = layers::ConvOptions;

std::string conv2d(int filters, const ops::Sizes& size, Conv2DOptions options = {}) {
  return error_of<Error>([&] { layers::Conv2D(filters, size, std::move(options)); });
}

Tensor ones(const Shape& shape) { return ops::ones(shape); }

/// Without the line that says in which layer it happened.
template <class F>
std::string first_line(F f) {
  const std::string text = error_of<ShapeError>(f);
  return text.substr(0, text.find('\n'));
}

}  // namespace

TEST_CASE("Convolutions refuse numbers of filters and groups that cannot be", "[errors]") {
  CHECK(conv2d(0, 3) ==
        "Conv2D: Invalid value for argument `filters`. Expected a strictly positive value. "
        "Received filters=0.");
  CHECK(conv2d(4, 3, {.groups = 0}) ==
        "Conv2D: The number of groups must be a positive integer. Received: groups=0.");
  CHECK(conv2d(4, 3, {.groups = 3}) ==
        "Conv2D: The number of filters must be evenly divisible by the number of groups. "
        "Received: groups=3, filters=4.");
  CHECK(error_of<Error>([] { layers::DepthwiseConv2D(3, {.depth_multiplier = 0}); }) ==
        "DepthwiseConv2D: Invalid value for argument `depth_multiplier`. Expected a strictly "
        "positive value. Received depth_multiplier=0.");
  CHECK(error_of<Error>([] { layers::SeparableConv1D(-2, 3); }) ==
        "SeparableConv1D: Invalid value for argument `filters`. Expected a strictly positive "
        "value. Received filters=-2.");
  CHECK(error_of<Error>([] { layers::Conv1DTranspose(0, 3); }) ==
        "Conv1DTranspose: Invalid value for argument `filters`. Expected a strictly positive "
        "value. Received filters=0.");
}

TEST_CASE("Convolutions refuse sizes that cannot be", "[errors]") {
  CHECK(conv2d(4, 0) ==
        "Conv2D: The `kernel_size` argument must be a tuple of 2 integers. Received kernel_size=0, "
        "including values {0} that do not satisfy `value > 0`");
  CHECK(conv2d(4, {3, -1}) ==
        "Conv2D: The `kernel_size` argument must be a tuple of 2 integers. Received "
        "kernel_size=(3, -1), including values {-1} that do not satisfy `value > 0`");
  CHECK(conv2d(4, {3}) ==
        "Conv2D: The `kernel_size` argument must be a tuple of 2 integers. Received "
        "kernel_size=(3,)");
  CHECK(conv2d(4, 3, {.strides = 0}) ==
        "Conv2D: The `strides` argument must be a tuple of 2 integers. Received strides=0, "
        "including values {0} that do not satisfy `value > 0`");
  CHECK(conv2d(4, 3, {.dilation_rate = {1, 2, 3}}) ==
        "Conv2D: The `dilation_rate` argument must be a tuple of 2 integers. Received "
        "dilation_rate=(1, 2, 3)");
}

TEST_CASE("Convolutions refuse dilation together with strides", "[errors]") {
  const std::string text =
      "`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: "
      "strides=(2, 2) and dilation_rate=(2, 2)";
  CHECK(conv2d(4, 3, {.strides = 2, .dilation_rate = 2}) == "Conv2D: " + text);
  CHECK(error_of<Error>([] {
          layers::Conv2DTranspose(4, 3, {.strides = 2, .dilation_rate = 2});
        }) == "Conv2DTranspose: " + text);
}

TEST_CASE("Convolutions refuse other words", "[errors]") {
  CHECK(conv2d(4, 3, {.padding = "full"}) ==
        "Conv2D: The `padding` argument must be one of {'same', 'valid'}. Received: full");
  CHECK(conv2d(4, 3, {.padding = "causal"}) ==
        "Conv2D: The `padding` argument must be one of {'same', 'valid'}. Received: causal");
  CHECK(error_of<Error>([] { layers::Conv1D(4, 3, {.padding = "foo"}); }) ==
        "Conv1D: The `padding` argument must be one of {'same', 'valid', 'causal'}. Received: foo");
  CHECK(conv2d(4, 3, {.data_format = "NHWC"}) ==
        "Conv2D: The `data_format` argument must be one of {'channels_first', 'channels_last'}. "
        "Received: data_format=nhwc");
  CHECK_THAT(error_of<Error>([] { layers::Conv2D(4, 3, {.activation = "foo"}); }),
             Catch::Matchers::Contains("Could not interpret activation function identifier: foo"));
}

TEST_CASE("Convolutions refuse a kernel that is larger than the padded input", "[errors]") {
  CHECK(first_line([] {
          layers::Conv2D(4, 5, {.name = "c"})(Input({4, 4, 3}));
        }) ==
        "c: Computed output size would be zero or negative. Received `inputs shape=(None, 4, 4, "
        "3)`, `kernel shape=(5, 5, 3, 4)`, `dilation_rate=[1 1]`, `strides=(1, 1)`, "
        "`padding=valid`.");
  CHECK(first_line([] {
          layers::Conv1D(4, 5, {.name = "c"})(Input({4, 3}));
        }) ==
        "c: Computed output size would be zero or negative. Received `inputs shape=(None, 4, 3)`, "
        "`kernel shape=(5, 3, 4)`, `dilation_rate=[1]`, `strides=(1,)`, `padding=valid`.");
  CHECK(first_line([] {
          layers::DepthwiseConv2D(3, {.dilation_rate = 2, .name = "d"})(Input({9, 4, 3}));
        }) ==
        "d: Computed output size would be zero or negative. Received `inputs shape=(None, 9, 4, "
        "3)`, `kernel shape=(3, 3, 3, 3)`, `dilation_rate=[2 2]`, `strides=(1, 1)`, "
        "`padding=valid`.");
  CHECK(first_line([] {
          layers::SeparableConv2D(4, 5, {.name = "s"})(Input({4, 4, 3}));
        }) ==
        "s: Computed output size would be zero or negative. Received `inputs shape=(None, 4, 4, "
        "3)`, `kernel shape=(5, 5, 3, 4)`, `dilation_rate=[1 1]`, `strides=(1, 1)`, "
        "`padding=valid`.");
  layers::Conv2D later(4, 5, {.name = "c"});
  later(Input({None, None, 3}));
  CHECK_THAT(error_of<ShapeError>([&] {
               later(ones({1, 4, 9, 3}));
             }),
             Catch::Matchers::Contains("Computed output size would be zero or negative. Received "
                                       "`inputs shape=(1, 4, 9, 3)`"));
}

TEST_CASE("Convolutions refuse channels that groups do not divide", "[errors]") {
  CHECK(first_line([] {
          layers::Conv2D(4, 3, {.groups = 2, .name = "c"})(Input({4, 4, 3}));
        }) ==
        "c: The number of input channels must be evenly divisible by the number of groups. "
        "Received groups=2, but the input has 3 channels (full input shape is (None, 4, 4, 3)).");
}

TEST_CASE("Convolutions refuse inputs of another rank or with other channels", "[errors]") {
  CHECK(first_line([] {
          layers::Conv2D(4, 3, {.name = "c"})(Input({4, 4}));
        }) ==
        "Input 0 with name 'None' of layer 'c' is incompatible with the layer: expected "
        "min_ndim=4, found ndim=3. Full shape received: (None, 4, 4)");
  CHECK(first_line([] {
          layers::Conv2D(4, 3, {.name = "c"})(Input({4, 4, 3, 4}));
        }) ==
        "c: Kernel shape must have the same length as input, but received kernel of shape (3, 3, "
        "4, 4) and input of shape (None, 4, 4, 3, 4).");
  layers::Conv2D conv(4, 3, {.name = "c"});
  conv(Input({9, 9, 3}));
  CHECK(first_line([&] {
          conv(Input({9, 9, 4}));
        }) ==
        "Input 0 with name 'None' of layer 'c' is incompatible with the layer: expected axis -1 of "
        "input shape to have value 3, but received input with shape (None, 9, 9, 4)");
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Conv2D(4, 3, {.name = "c"})(Input({9, 9, None}));
             }),
             Catch::Matchers::Contains("Received: shape=(3, 3, None, 4) for variable "
                                       "path='c/kernel'"));
}

TEST_CASE("Transposed convolutions refuse an output padding that cannot be", "[errors]") {
  CHECK(
      error_of<Error>([] { layers::Conv2DTranspose(4, 3, {.strides = 2, .output_padding = 2}); }) ==
      "Conv2DTranspose: `output_padding` must be strictly less than `strides` for all "
      "dimensions. At dimension 0, `output_padding` is 2 but `strides` is 2. Received: "
      "output_padding=(2, 2), strides=(2, 2)");
  CHECK(error_of<Error>([] { layers::Conv2DTranspose(4, 3, {.output_padding = -1}); }) ==
        "Conv2DTranspose: The `output_padding` argument must be a tuple of 2 integers. Received "
        "output_padding=-1, including values {-1} that do not satisfy `value >= 0`");
}

TEST_CASE("A config with lora is refused", "[errors]") {
  Config c = layers::Conv2D(4, 3, {.name = "c"})->get_config();
  c.set("lora_rank", 2);
  CHECK_THAT(error_of<Error>([&] {
               detail::layer_from_config({{"class_name", "Conv2D"}, {"config", c}});
             }),
             Catch::Matchers::Contains("`lora_rank` is not supported"));
}

TEST_CASE("ops::conv and its kin say what does not fit", "[errors]") {
  const Tensor x = ones({1, 4, 4, 3});
  CHECK(error_of<ShapeError>([&] {
          ops::conv(x, ones({5, 5, 3, 4}));
        }) ==
        "Computed output size would be zero or negative. Received `inputs shape=(1, 4, 4, 3)`, "
        "`kernel shape=(5, 5, 3, 4)`, `dilation_rate=[1 1]`, `strides=(1, 1)`, `padding=valid`.");
  CHECK(error_of<ShapeError>([&] {
          ops::conv(x, ones({3, 3, 2, 4}));
        }) ==
        "conv: The number of input channels must be evenly divisible by kernel's in_channels. "
        "Received input channels 3 and kernel in_channels 2. ");
  CHECK(error_of<ShapeError>([&] {
          ops::conv(x, ones({3, 3, 1, 4}));
        }) ==
        "conv: The number of filters must be evenly divisible by the number of groups. Received: "
        "groups=3, filters=4.");
  CHECK_THAT(error_of<ShapeError>([&] {
               ops::conv(x, ones({3, 3, 4}));
             }),
             Catch::Matchers::Contains("conv: the ranks do not fit"));
  CHECK_THAT(error_of<ShapeError>([&] {
               ops::conv(x, ones({3, 3, 3, 4}), {.strides = {1, 2, 3}});
             }),
             Catch::Matchers::Contains(
                 "conv: `strides` does not fit. Expected: a positive "
                 "integer up to 2147483647, or 2 of them: one for each spatial dimension. "
                 "Received: [1, 2, 3]"));
  CHECK(error_of<ShapeError>([&] {
          ops::conv(x, ones({3, 3, 3, 4}), {.padding = "full"});
        }) == "conv: `padding` must be either `'valid'` or `'same'`. Received full.");
  CHECK(error_of<ShapeError>([&] {
          ops::conv_transpose(x, ones({3, 3, 4, 2}));
        }) ==
        "conv_transpose: The number of input channels must match the kernel's input channels. "
        "Received: input channels=3, kernel input channels=2, data_format='channels_last'.");
  CHECK(error_of<ShapeError>([&] {
          ops::depthwise_conv(x, ones({3, 3, 2, 2}));
        }) ==
        "depthwise_conv: The number of input channels must match the kernel's input channels. "
        "Received: input channels=3, kernel input channels=2, data_format='channels_last'.");
}
