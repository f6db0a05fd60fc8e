#include <weft/layers/up_sampling1d.h>
#include <weft/layers/up_sampling2d.h>
#include <weft/layers/up_sampling3d.h>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("UpSampling repeats or interpolates", "[layers]") {
  const Tensor x = Tensor::from({0.f, 1.f, 2.f, 3.f}, {1, 2, 2, 1});
  check_values(layers::UpSampling2D({1, 2})(x), {1, 2, 4, 1}, {0, 0, 1, 1, 2, 2, 3, 3});
  check_values(layers::UpSampling2D({2, 1})(x), {1, 4, 2, 1}, {0, 1, 0, 1, 2, 3, 2, 3});
  // Half-pixel centres, clamped at the edges.
  check_values(layers::UpSampling2D(2, {.interpolation = "bilinear"})(x), {1, 4, 4, 1},
               {0, .25, .75, 1, .5, .75, 1.25, 1.5, 1.5, 1.75, 2.25, 2.5, 2, 2.25, 2.75, 3});
  check_values(layers::UpSampling1D(3)(Tensor::from({1, 2}, {1, 2, 1})), {1, 6, 1},
               {1, 1, 1, 2, 2, 2});
  CHECK(layers::UpSampling1D()(Input({None, 3})).shape() == Shape{None, None, 3});
  CHECK(layers::UpSampling2D({2, 3}, {.data_format = "channels_first"})(Input({3, 4, None}))
            .shape() == Shape{None, 3, 8, None});
  CHECK(layers::UpSampling2D(2, {.interpolation = "Bicubic"})(Input({None, 4, 3})).shape() ==
        Shape{None, None, 8, 3});
  CHECK(layers::UpSampling3D({1, 2, 3})(Input({2, 2, 2, 5})).shape() == Shape{None, 2, 4, 6, 5});
  check_values(layers::UpSampling3D(
                   2, {.data_format = "channels_first"})(Tensor::from({4}, {1, 1, 1, 1, 1})),
               {1, 1, 2, 2, 2}, {4, 4, 4, 4, 4, 4, 4, 4});
}

TEST_CASE("UpSampling writes Keras's configs and is revived from them", "[layers]") {
  layers::UpSampling2D up({2, 3}, {.interpolation = "Bilinear", .name = "d"});
  CHECK(config_text(up) == common_config() +
                               ", 'size': [2, 3], 'data_format': 'channels_last', "
                               "'interpolation': 'bilinear'}");
  check_round_trip(up);
  layers::UpSampling1D one(2, {.name = "d"});
  CHECK(config_text(one) == common_config() + ", 'size': 2}");
  check_round_trip(one);
  layers::UpSampling3D three({1, 2, 2}, {.name = "d"});
  CHECK(config_text(three) ==
        common_config() + ", 'size': [1, 2, 2], 'data_format': 'channels_last'}");
  check_round_trip(three);
}

TEST_CASE("UpSampling refuses what cannot be, in Keras's words", "[layers][errors]") {
  CHECK(error_of<Error>([] { layers::UpSampling1D(0); }) ==
        "UpSampling1D: Argument `size` should be a positive integer. Received: size=0");
  CHECK(error_of<Error>([] {
          layers::UpSampling2D({0, 1});
        }) ==
        "UpSampling2D: The `size` argument must be a tuple of 2 integers. Received size=(0, 1), "
        "including values {0} that do not satisfy `value > 0`");
  CHECK(error_of<Error>([] { layers::UpSampling2D(2, {.interpolation = "area"}); }) ==
        "UpSampling2D: Invalid `interpolation` argument. Expected one of 'bicubic', 'bilinear', "
        "'lanczos3', 'lanczos5', 'nearest'. Received: interpolation=area");
}
