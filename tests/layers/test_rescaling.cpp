#include <weft/layers/rescaling.h>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Rescaling multiplies and adds, in the layer's dtype", "[layers]") {
  const Tensor bytes = Tensor::from(std::vector<std::uint8_t>{0, 51, 255, 102}, {2, 2});
  const Tensor y = layers::Rescaling(1.0 / 255)(bytes);
  CHECK(y.dtype() == DType::float32);
  check_values(y, {2, 2}, {0, 0.2, 1, 0.4});
  check_values(layers::Rescaling(2, {.offset = -1})(Tensor::from({0.0f, 0.5f, 1.0f})), {3},
               {-1, 0, 1});
  CHECK(layers::Rescaling(0.5)(Input({None, 3})).shape() == Shape{None, None, 3});
  CHECK(layers::Rescaling(0.5, {.dtype = "float64"})(bytes).dtype() == DType::float64);
}

TEST_CASE("Rescaling takes a number for each channel", "[layers]") {
  const Tensor x = Tensor::of({{1.0f, 2.0f}, {3.0f, 4.0f}});
  check_values(layers::Rescaling({2, 3}, {.offset = {1, -1}})(x), {2, 2}, {3, 5, 7, 11});
}

TEST_CASE("Rescaling writes Keras's config and is revived from it", "[layers]") {
  layers::Rescaling rescaling(0.5, {.offset = {1, 1, 1, 1}, .name = "d"});
  CHECK(config_text(rescaling) ==
        common_config() + ", 'scale': 0.5, 'offset': [1.0, 1.0, 1.0, 1.0]}");
  check_round_trip(rescaling);
}
