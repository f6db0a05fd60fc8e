#include <weft/layers/cropping1d.h>
#include <weft/layers/cropping2d.h>
#include <weft/layers/cropping3d.h>
#include <weft/layers/zero_padding1d.h>
#include <weft/layers/zero_padding2d.h>
#include <weft/layers/zero_padding3d.h>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("ZeroPadding and Cropping take one number, one per dimension, or pairs", "[layers]") {
  const Tensor x = Tensor::from({1, 2, 3, 4}, {1, 2, 2, 1});
  check_values(layers::ZeroPadding2D({{0, 1}, {1, 0}})(x), {1, 3, 3, 1},
               {0, 1, 2, 0, 3, 4, 0, 0, 0});
  CHECK(layers::ZeroPadding2D()(Input({4, None, 2})).shape() == Shape{None, 6, None, 2});
  CHECK(
      layers::ZeroPadding2D({1, 2}, {.data_format = "channels_first"})(Input({3, 4, 5})).shape() ==
      Shape{None, 3, 6, 9});
  CHECK(layers::ZeroPadding1D({2, 0})(Input({4, 3})).shape() == Shape{None, 6, 3});
  CHECK(layers::ZeroPadding3D({{1, 2}, 0, {0, 0}})(Input({1, 2, 3, 4})).shape() ==
        Shape{None, 4, 2, 3, 4});
  check_values(layers::Cropping2D({{1, 0}, {0, 0}})(x), {1, 1, 2, 1}, {3, 4});
  check_values(layers::Cropping2D()(x), {1, 2, 2, 1}, {1, 2, 3, 4});
  CHECK(layers::Cropping1D()(Input({None, 3})).shape() == Shape{None, None, 3});
  CHECK(layers::Cropping1D({0, 2})(Input({5, 3})).shape() == Shape{None, 3, 3});
  CHECK(layers::Cropping3D(1, {.data_format = "channels_first"})(Input({2, 3, 4, 5})).shape() ==
        Shape{None, 2, 1, 2, 3});
}

TEST_CASE("ZeroPadding and Cropping write Keras's configs and are revived from them", "[layers]") {
  layers::ZeroPadding2D padding({1, 2}, {.name = "d"});
  CHECK(config_text(padding) ==
        common_config() + ", 'padding': [[1, 1], [2, 2]], 'data_format': 'channels_last'}");
  check_round_trip(padding);
  layers::Cropping1D cropping({1, 0}, {.name = "d"});
  CHECK(config_text(cropping) == common_config() + ", 'cropping': [1, 0]}");
  check_round_trip(cropping);
  check_round_trip(layers::ZeroPadding1D(2));
  check_round_trip(layers::ZeroPadding3D({{0, 1}, {2, 3}, {4, 5}}));
  check_round_trip(layers::Cropping2D({{0, 1}, {2, 3}}, {.data_format = "channels_first"}));
  check_round_trip(layers::Cropping3D());
}

TEST_CASE("ZeroPadding and Cropping refuse what cannot be, in Keras's words", "[layers][errors]") {
  CHECK(error_of<Error>([] { layers::ZeroPadding1D(-1); }) ==
        "ZeroPadding1D: The `padding` argument must be a tuple of 2 integers. Received "
        "padding=-1, including values {-1} that do not satisfy `value >= 0`");
  CHECK(error_of<Error>([] {
          layers::ZeroPadding2D({1, 2, 3});
        }) ==
        "ZeroPadding2D: `padding` should have two elements. Received: padding=((1, 1), (2, 2), "
        "(3, 3)).");
  CHECK(error_of<Error>([] {
          layers::ZeroPadding3D({{1, 2}, {-1, 1}, 1});
        }) ==
        "ZeroPadding3D: The `2nd entry of padding` argument must be a tuple of 2 integers. "
        "Received 2nd entry of padding=(-1, 1), including values {-1} that do not satisfy `value "
        ">= 0`");
  CHECK(error_of<Error>([] { layers::Cropping2D(-1); }) ==
        "Cropping2D: `cropping` cannot be negative. Received: cropping=-1.");
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Cropping1D(4)(Input({8, 3}));
             }),
             Catch::Matchers::Contains(
                 "`cropping` parameter of `Cropping1D` layer must be smaller than the input "
                 "length. Received: inputs.shape=(None, 8, 3), cropping=(4, 4)"));
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Cropping2D(4)(Input({8, 8, 3}));
             }),
             Catch::Matchers::Contains(
                 "Values in `cropping` argument should be smaller than the corresponding spatial "
                 "dimension of the input. Received: inputs.shape=(None, 8, 8, 3), cropping=((4, "
                 "4), (4, 4))"));
}
