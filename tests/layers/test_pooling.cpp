#include <weft/layers/average_pooling1d.h>
#include <weft/layers/average_pooling2d.h>
#include <weft/layers/average_pooling3d.h>
#include <weft/layers/global_average_pooling1d.h>
#include <weft/layers/global_average_pooling2d.h>
#include <weft/layers/global_average_pooling3d.h>
#include <weft/layers/global_max_pooling1d.h>
#include <weft/layers/global_max_pooling2d.h>
#include <weft/layers/global_max_pooling3d.h>
#include <weft/layers/max_pooling1d.h>
#include <weft/layers/max_pooling2d.h>
#include <weft/layers/max_pooling3d.h>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Pooling layers take strides, padding and both data formats", "[layers]") {
  CHECK(layers::MaxPooling2D()(Input({8, 7, 3})).shape() == Shape{None, 4, 3, 3});
  CHECK(layers::MaxPool2D({2, 3}, {.strides = {1, 2}})(Input({8, 7, 3})).shape() ==
        Shape{None, 7, 3, 3});
  CHECK(layers::MaxPooling2D(3, {.padding = "same"})(Input({None, 7, 3})).shape() ==
        Shape{None, None, 3, 3});
  CHECK(layers::AveragePooling1D(2, {.data_format = "channels_first"})(Input({3, 8})).shape() ==
        Shape{None, 3, 4});
  CHECK(layers::AvgPool3D({1, 2, 2})(Input({4, 4, 4, 2})).shape() == Shape{None, 4, 2, 2, 2});
  CHECK(layers::MaxPooling3D()(Input({4, 5, 6, 2})).shape() == Shape{None, 2, 2, 3, 2});
  const Tensor x = Tensor::from({1.f, 5.f, 2.f, 8.f, 3.f, 4.f}, {1, 6, 1});
  check_values(layers::MaxPooling1D()(x), {1, 3, 1}, {5, 8, 4});
  check_values(layers::MaxPooling1D(3, {.strides = 2, .padding = "same"})(x), {1, 3, 1}, {5, 8, 4});
  check_values(layers::AveragePooling1D(3, {.strides = 2, .padding = "same"})(x), {1, 3, 1},
               {8.0 / 3, 13.0 / 3, 3.5});
  check_values(layers::MaxPooling1D(2, {.data_format = "channels_first"})(x.reshape({1, 1, 6})),
               {1, 1, 3}, {5, 8, 4});
  CHECK(layers::MaxPooling2D(layers::MaxPooling2D(2, {.name = "p"}))->name() == "p");
  CHECK_FALSE(layers::MaxPooling2D(nullptr));
}

TEST_CASE("Global pooling keeps dimensions on demand, and leaves masked steps out", "[layers]") {
  const Tensor x = Tensor::from({1.f, -2.f, 3.f, 4.f, 6.f, -5.f}, {1, 3, 2});
  check_values(layers::GlobalAveragePooling1D()(x), {1, 2}, {10.0 / 3, -1});
  check_values(layers::GlobalMaxPooling1D({.keepdims = true})(x), {1, 1, 2}, {6, 4});
  check_values(layers::GlobalMaxPooling1D({.data_format = "channels_first"})(x), {1, 3}, {1, 4, 6});
  CHECK(layers::GlobalAvgPool2D()(Input({4, 5, 3})).shape() == Shape{None, 3});
  CHECK(layers::GlobalMaxPool2D({.keepdims = true})(Input({4, 5, 3})).shape() ==
        Shape{None, 1, 1, 3});
  CHECK(layers::GlobalMaxPooling3D({.data_format = "channels_first", .keepdims = true})(
            Input({3, 4, 5, None}))
            .shape() == Shape{None, 3, 1, 1, 1});
  CHECK(layers::GlobalAveragePooling3D()(Input({None, 4, 5, 3})).shape() == Shape{None, 3});
  const Tensor mask = Tensor::of({1, 0, 1}).reshape({1, 3}).astype(DType::boolean);
  layers::GlobalAveragePooling1D pool;
  check_values(pool(x, {.mask = mask}), {1, 2}, {3.5, -3.5});
  layers::GlobalAveragePooling1D first({.data_format = "channels_first", .keepdims = true});
  check_values(first(x.reshape({1, 2, 3}), {.mask = mask}), {1, 2, 1}, {2, -0.5});
}

TEST_CASE("Pooling layers write Keras's configs and are revived from them", "[layers]") {
  layers::MaxPooling2D max({2, 3}, {.padding = "same", .name = "d"});
  CHECK(config_text(max) == common_config() +
                                ", 'pool_size': [2, 3], 'padding': 'same', 'strides': [2, 3], "
                                "'data_format': 'channels_last'}");
  check_round_trip(max);
  layers::AveragePooling1D average(4, {.strides = 2, .data_format = "channels_first", .name = "d"});
  CHECK(config_text(average) == common_config() +
                                    ", 'pool_size': [4], 'padding': 'valid', 'strides': [2], "
                                    "'data_format': 'channels_first'}");
  check_round_trip(average);
  layers::GlobalMaxPooling3D global({.keepdims = true, .name = "d"});
  CHECK(config_text(global) ==
        common_config() + ", 'data_format': 'channels_last', 'keepdims': True}");
  check_round_trip(global);
  check_round_trip(layers::MaxPooling1D());
  check_round_trip(layers::MaxPooling3D({1, 2, 3}, {.strides = 1}));
  check_round_trip(layers::AveragePooling2D(2));
  check_round_trip(layers::AveragePooling3D(2));
  check_round_trip(layers::GlobalAveragePooling1D());
  check_round_trip(layers::GlobalAveragePooling2D());
  check_round_trip(layers::GlobalAveragePooling3D({.data_format = "channels_first"}));
  check_round_trip(layers::GlobalMaxPooling1D());
  check_round_trip(layers::GlobalMaxPooling2D());
}

TEST_CASE("Pooling layers refuse what cannot be, in Keras's words", "[layers][errors]") {
  using layers::MaxPooling2D;
  CHECK(error_of<Error>([] { MaxPooling2D(0); }) ==
        "MaxPooling2D: The `pool_size` argument must be a tuple of 2 integers. Received "
        "pool_size=0, including values {0} that do not satisfy `value > 0`");
  CHECK(error_of<Error>([] {
          MaxPooling2D({2, 2, 2});
        }) ==
        "MaxPooling2D: The `pool_size` argument must be a tuple of 2 integers. Received "
        "pool_size=(2, 2, 2)");
  CHECK(error_of<Error>([] { MaxPooling2D(2, {.strides = -1}); }) ==
        "MaxPooling2D: The `strides` argument must be a tuple of 2 integers. Received strides=-1, "
        "including values {-1} that do not satisfy `value > 0`");
  CHECK(error_of<Error>([] { layers::AveragePooling1D(2, {.padding = "full"}); }) ==
        "AveragePooling1D: Argument `padding` must be either 'valid' or 'same'. Received: "
        "padding=full");
  CHECK(error_of<Error>([] { MaxPooling2D(2, {.data_format = "first"}); }) ==
        "MaxPooling2D: The `data_format` argument must be one of {'channels_first', "
        "'channels_last'}. Received: data_format=first");
  CHECK(error_of<Error>([] { layers::GlobalMaxPooling2D({.data_format = "NCHW"}); }) ==
        "GlobalMaxPooling2D: The `data_format` argument must be one of {'channels_first', "
        "'channels_last'}. Received: data_format=nchw");
  CHECK_THAT(error_of<ShapeError>([] {
               MaxPooling2D(9)(Input({8, 8, 3}));
             }),
             Catch::Matchers::Contains(
                 "Computed output size would be zero or negative. Received: `inputs.shape=(None, "
                 "8, 8, 3)`, `pool_size=(9, 9)`, `strides=(9, 9)`, `padding=valid`."));
  CHECK(error_of<ShapeError>([] {
          MaxPooling2D(2, {.name = "p"})(Input({8, 3}));
        }) ==
        "Input 0 with name 'None' of layer 'p' is incompatible with the layer: expected ndim=4, "
        "found ndim=3. Full shape received: (None, 8, 3)");
  CHECK_THAT(error_of<ShapeError>([] {
               const Tensor mask = Tensor::of({1, 0}).reshape({1, 2}).astype(DType::boolean);
               layers::GlobalAveragePooling1D pool({.name = "g"});
               pool(Tensor::from({1.f, 2.f, 3.f}, {1, 3, 1}), {.mask = mask});
             }),
             Catch::Matchers::Contains(
                 "g: The mask must have one element for each step. Expected: mask.shape=(1, 3). "
                 "Received: mask.shape=(1, 2), inputs.shape=(1, 3, 1)"));
}
