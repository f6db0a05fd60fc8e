#include <weft/layers/conv1d.h>
#include <weft/layers/conv1d_transpose.h>
#include <weft/layers/conv2d.h>
#include <weft/layers/conv2d_transpose.h>
#include <weft/layers/conv3d.h>
#include <weft/layers/conv3d_transpose.h>
#include <weft/layers/depthwise_conv1d.h>
#include <weft/layers/depthwise_conv2d.h>
#include <weft/layers/initializers/he.h>
#include <weft/layers/separable_conv1d.h>
#include <weft/layers/separable_conv2d.h>

#include "core/config_access.hpp"
#include "graph/functional/layer_registry.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Convolutions keep the batch and None; sizes as Keras's", "[layers]") {
  const Tensor image = Input({28, 28, 1}), sound = Input({None, 3}), volume = Input({4, 5, 6, 2});
  CHECK(layers::Conv2D(32, 3)(image).shape() == Shape{None, 26, 26, 32});
  CHECK(layers::Conv2D(8, {3, 5}, {.strides = {2, 3}, .padding = "same"})(image).shape() ==
        Shape{None, 14, 10, 8});
  CHECK(layers::Conv2D(8, 3, {.dilation_rate = 2})(image).shape() == Shape{None, 24, 24, 8});
  CHECK(layers::Conv2D(8, 3)(Input({None, 9, 3})).shape() == Shape{None, None, 7, 8});
  CHECK(layers::Conv1D(4, 3)(sound).shape() == Shape{None, None, 4});
  CHECK(layers::Conv1D(4, 3, {.padding = "causal"})(Input({9, 3})).shape() == Shape{None, 9, 4});
  CHECK(layers::Conv3D(4, 2, {.padding = "same"})(volume).shape() == Shape{None, 4, 5, 6, 4});
  CHECK(layers::Conv2D(8, 3, {.data_format = "channels_first"})(Input({3, 9, 8})).shape() ==
        Shape{None, 8, 7, 6});
  CHECK(layers::DepthwiseConv2D(3, {.depth_multiplier = 2})(Input({9, 9, 3})).shape() ==
        Shape{None, 7, 7, 6});
  CHECK(layers::DepthwiseConv1D(3, {.strides = 2})(sound).shape() == Shape{None, None, 3});
  CHECK(layers::SeparableConv2D(5, 3)(Input({9, 9, 3})).shape() == Shape{None, 7, 7, 5});
  CHECK(layers::SeparableConv1D(5, 3, {.padding = "same"})(sound).shape() == Shape{None, None, 5});
}

TEST_CASE("Transposed convolutions have Keras's sizes", "[layers]") {
  const Tensor x = Input({4, 5, 2}), unknown = Input({None, None, 2});
  CHECK(layers::Conv2DTranspose(3, 3)(x).shape() == Shape{None, 6, 7, 3});
  CHECK(layers::Conv2DTranspose(3, 2, {.strides = 3})(x).shape() == Shape{None, 12, 15, 3});
  CHECK(layers::Conv2DTranspose(3, 3, {.strides = 2, .padding = "same"})(x).shape() ==
        Shape{None, 8, 10, 3});
  CHECK(layers::Conv2DTranspose(3, {3, 4},
                                {.strides = {2, 3}, .padding = "same", .output_padding = {1, 2}})(x)
            .shape() == Shape{None, 8, 14, 3});
  CHECK(layers::Conv2DTranspose(3, 3, {.strides = 2})(unknown).shape() ==
        Shape{None, None, None, 3});
  CHECK(layers::Conv1DTranspose(3, 3, {.dilation_rate = 2})(Input({5, 2})).shape() ==
        Shape{None, 9, 3});
  CHECK(layers::Conv3DTranspose(3, 2, {.strides = 2, .output_padding = 1})(Input({2, 3, 4, 2}))
            .shape() == Shape{None, 5, 7, 9, 3});
}

TEST_CASE("Convolutions name, order and shape their weights as Keras", "[layers]") {
  const auto shapes = [](const AnyLayer& layer) {
    std::string out;
    for (const Variable& v : layer->weights()) out += v.path() + v.shape().to_string() + " ";
    return out;
  };
  const Tensor x = Input({9, 9, 6});
  layers::Conv2D conv(8, {3, 2}, {.groups = 2, .name = "c"});
  conv(x);
  CHECK(shapes(conv) == "c/kernel(3, 2, 3, 8) c/bias(8,) ");
  CHECK(conv->count_params() == 3 * 2 * 3 * 8 + 8);
  layers::Conv2DTranspose transpose(8, 3, {.name = "t"});
  transpose(x);
  CHECK(shapes(transpose) == "t/kernel(3, 3, 8, 6) t/bias(8,) ");
  layers::DepthwiseConv2D depthwise(3, {.depth_multiplier = 2, .name = "d"});
  depthwise(x);
  CHECK(shapes(depthwise) == "d/kernel(3, 3, 6, 2) d/bias(12,) ");
  layers::SeparableConv2D separable(5, 3, {.depth_multiplier = 2, .name = "s"});
  separable(x);
  CHECK(shapes(separable) ==
        "s/depthwise_kernel(3, 3, 6, 2) s/pointwise_kernel(1, 1, 12, 5) s/bias(5,) ");
  layers::Conv1D bare(5, 3, {.use_bias = false, .name = "b"});
  bare(Input({9, 6}));
  CHECK(shapes(bare) == "b/kernel(3, 6, 5) ");
  CHECK_FALSE(bare->bias());
  CHECK(layers::Conv2D(1, 1)->name().substr(0, 6) == "conv2d");
  CHECK(layers::Conv1DTranspose(1, 1)->name().substr(0, 16) == "conv1d_transpose");
  CHECK(layers::DepthwiseConv2D(1)->name().substr(0, 16) == "depthwise_conv2d");
  CHECK(layers::SeparableConv1D(1, 1)->name().substr(0, 16) == "separable_conv1d");
}

TEST_CASE("Conv1D: values by hand; causal sees no later step", "[layers]") {
  layers::Conv1D conv(1, 2, {.padding = "causal", .bias_initializer = 0.5});
  conv(Input({3, 1}));
  conv->kernel().assign(Tensor::from(std::vector<float>{10, 1}, {2, 1, 1}));
  const Tensor x = Tensor::from(std::vector<float>{1, 2, 3}, {1, 3, 1});
  check_values(conv(x), {1, 3, 1}, {1.5, 12.5, 23.5});
  layers::Conv1D dilated(1, 2, {.padding = "causal", .dilation_rate = 2, .activation = "relu"});
  dilated(Input({3, 1}));
  dilated->kernel().assign(Tensor::from(std::vector<float>{-10, 1}, {2, 1, 1}));
  check_values(dilated(x), {1, 3, 1}, {1, 2, 0});
}

namespace {

const std::string glorot =
    "{'module': 'keras.initializers', 'class_name': 'GlorotUniform', 'config': {'seed': None}, "
    "'registered_name': None}";
const std::string zeros =
    "{'module': 'keras.initializers', 'class_name': 'Zeros', 'config': {}, 'registered_name': "
    "None}";

}  // namespace

// What real Keras 3.15.1 writes, without the keys that are newer than 3.0.
TEST_CASE("Convolutions write Keras's config", "[layers]") {
  CHECK(config_text(layers::Conv2D(4, 3, {.strides = 2, .padding = "same", .name = "d"})) ==
        common_config() +
            ", 'filters': 4, 'kernel_size': [3, 3], 'strides': [2, 2], 'padding': 'same', "
            "'data_format': 'channels_last', 'dilation_rate': [1, 1], 'groups': 1, 'activation': "
            "'linear', 'use_bias': True, 'kernel_initializer': " +
            glorot + ", 'bias_initializer': " + zeros +
            ", 'kernel_regularizer': None, 'bias_regularizer': None, 'activity_regularizer': None, "
            "'kernel_constraint': None, 'bias_constraint': None}");
  CHECK(config_text(
            layers::Conv3DTranspose(2, 2, {.strides = 2, .output_padding = 1, .name = "d"})) ==
        common_config() +
            ", 'filters': 2, 'kernel_size': [2, 2, 2], 'strides': [2, 2, 2], 'padding': 'valid', "
            "'output_padding': [1, 1, 1], 'data_format': 'channels_last', 'dilation_rate': [1, 1, "
            "1], 'activation': 'linear', 'use_bias': True, 'kernel_initializer': " +
            glorot + ", 'bias_initializer': " + zeros +
            ", 'kernel_regularizer': None, 'bias_regularizer': None, 'activity_regularizer': None, "
            "'kernel_constraint': None, 'bias_constraint': None}");
  CHECK(config_text(layers::DepthwiseConv2D(3, {.name = "d"})) ==
        common_config() +
            ", 'depth_multiplier': 1, 'kernel_size': [3, 3], 'strides': [1, 1], 'padding': "
            "'valid', 'data_format': 'channels_last', 'dilation_rate': [1, 1], 'activation': "
            "'linear', 'use_bias': True, 'depthwise_initializer': " +
            glorot + ", 'bias_initializer': " + zeros +
            ", 'depthwise_regularizer': None, 'bias_regularizer': None, 'activity_regularizer': "
            "None, 'depthwise_constraint': None, 'bias_constraint': None}");
  CHECK(config_text(layers::SeparableConv1D(4, 3, {.name = "d"})) ==
        common_config() +
            ", 'depth_multiplier': 1, 'filters': 4, 'kernel_size': [3], 'strides': [1], 'padding': "
            "'valid', 'data_format': 'channels_last', 'dilation_rate': [1], 'activation': "
            "'linear', 'use_bias': True, 'depthwise_initializer': " +
            glorot + ", 'pointwise_initializer': " + glorot + ", 'bias_initializer': " + zeros +
            ", 'depthwise_regularizer': None, 'pointwise_regularizer': None, 'bias_regularizer': "
            "None, 'activity_regularizer': None, 'depthwise_constraint': None, "
            "'pointwise_constraint': None, 'bias_constraint': None}");
}

TEST_CASE("Convolutions are revived from their configs", "[layers]") {
  check_round_trip(layers::Conv1D(4, 3, {.padding = "causal", .dilation_rate = 2, .name = "d"}));
  check_round_trip(layers::Conv2D(4, {3, 2},
                                  {.strides = {2, 1},
                                   .data_format = "channels_first",
                                   .groups = 2,
                                   .activation = "relu",
                                   .use_bias = false,
                                   .kernel_initializer = initializers::HeNormal({.seed = 1}),
                                   .kernel_regularizer = "l2",
                                   .activity_regularizer = "l1",
                                   .bias_constraint = "non_neg",
                                   .name = "d"}));
  check_round_trip(layers::Conv3D(4, 3, {.name = "d"}));
  check_round_trip(layers::Conv1DTranspose(4, 3, {.name = "d"}));
  check_round_trip(
      layers::Conv2DTranspose(4, 3, {.strides = 2, .output_padding = {1, 0}, .name = "d"}));
  check_round_trip(layers::Conv3DTranspose(4, 3, {.strides = 2, .output_padding = 1, .name = "d"}));
  check_round_trip(layers::DepthwiseConv1D(3, {.depth_multiplier = 3, .name = "d"}));
  check_round_trip(layers::DepthwiseConv2D(3, {.depthwise_regularizer = "l2", .name = "d"}));
  check_round_trip(layers::SeparableConv1D(4, 3, {.name = "d"}));
  check_round_trip(layers::SeparableConv2D(
      4, 3, {.depth_multiplier = 2, .pointwise_constraint = "max_norm", .name = "d"}));
}

TEST_CASE("Convolutions read what Keras 2 wrote", "[layers]") {
  const Config c = {{"name", "d"},
                    {"trainable", true},
                    {"dtype", "float32"},
                    {"filters", 4},
                    {"kernel_size", {3, 3}},
                    {"strides", {1, 1}},
                    {"padding", "valid"},
                    {"data_format", nullptr},
                    {"kernel_initializer", Config{{"class_name", "GlorotUniform"},
                                                  {"config", Config{{"seed", nullptr}}}}}};
  const AnyLayer revived = detail::layer_from_config({{"class_name", "Conv2D"}, {"config", c}});
  CHECK(config_text(revived) == config_text(layers::Conv2D(4, 3, {.name = "d"})));
}
