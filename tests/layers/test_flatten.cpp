#include <weft/layers/flatten.h>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Flatten joins all dimensions but the batch", "[layers]") {
  CHECK(layers::Flatten()(Input({2, 3, 4})).shape() == Shape{None, 24});
  CHECK(layers::Flatten()(Input({None, 4})).shape() == Shape{None, None});
  CHECK(layers::Flatten()(Input({None, 4}, {.batch_size = 3})).shape() == Shape{3, None});
  CHECK(layers::Flatten()(Input({})).shape() == Shape{None, 1});
  check_values(layers::Flatten()(Tensor::from({1, 2, 3, 4, 5, 6, 7, 8}, {2, 2, 2})), {2, 4},
               {1, 2, 3, 4, 5, 6, 7, 8});
  check_values(layers::Flatten()(Tensor::from({1, 2, 3})), {3, 1}, {1, 2, 3});
  CHECK(layers::Flatten()(Tensor::from({1, 2}, {2, 1})).dtype() == DType::int32);
}

TEST_CASE("Flatten moves channels that come first to the end before", "[layers]") {
  const Tensor x = Tensor::from({1, 2, 3, 4, 5, 6}, {1, 2, 3});
  check_values(layers::Flatten({.data_format = "channels_first"})(x), {1, 6}, {1, 4, 2, 5, 3, 6});
}

TEST_CASE("Flatten writes Keras's config and is revived from it", "[layers]") {
  layers::Flatten flatten({.name = "d"});
  CHECK(config_text(flatten) == common_config() + ", 'data_format': 'channels_last'}");
  check_round_trip(flatten);
  check_round_trip(layers::Flatten({.data_format = "channels_first"}));
}
