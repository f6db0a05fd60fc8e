#include <weft/layers/reshape.h>

#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Reshape keeps the batch and infers one dimension", "[layers]") {
  CHECK(layers::Reshape({2, 10})(Input({5, 4})).shape() == Shape{None, 2, 10});
  CHECK(layers::Reshape({-1, 2})(Input({5, 4})).shape() == Shape{None, 10, 2});
  CHECK(layers::Reshape({-1, 2})(Input({None, 4})).shape() == Shape{None, None, 2});
  CHECK(layers::Reshape(Shape())(Input({1})).shape() == Shape{None});
  const Tensor x = Tensor::from({1, 2, 3, 4, 5, 6, 7, 8}, {2, 4});
  check_values(layers::Reshape({2, -1})(x), {2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8});
  check_values(layers::Reshape({4, 1})(x), {2, 4, 1}, {1, 2, 3, 4, 5, 6, 7, 8});
}

TEST_CASE("Reshape writes Keras's config and is revived from it", "[layers]") {
  layers::Reshape reshape({-1, 2}, {.name = "d"});
  CHECK(config_text(reshape) == common_config() + ", 'target_shape': [-1, 2]}");
  check_round_trip(reshape);
}
