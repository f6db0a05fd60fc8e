#include <weft/layers/concatenate.h>

#include "core/access.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Concatenate joins along the last axis, or another", "[layers]") {
  const Tensor a = Tensor::of({{1.0f, 2.0f}, {3.0f, 4.0f}}), b = Tensor::of({{5.0f}, {6.0f}});
  check_values(layers::Concatenate()({a, b}), {2, 3}, {1, 2, 5, 3, 4, 6});
  check_values(layers::concatenate({a, b, a}), {2, 5}, {1, 2, 5, 1, 2, 3, 4, 6, 3, 4});
  check_values(layers::concatenate({a, a}, {.axis = 0}), {4, 2}, {1, 2, 3, 4, 1, 2, 3, 4});
  CHECK(layers::concatenate({Input({3, 4}), Input({5, 4})}, {.axis = 1}).shape() ==
        Shape{None, 8, 4});
  CHECK(layers::concatenate({Input({None, 4}), Input({5, 4})}, {.axis = -2}).shape() ==
        Shape{None, None, 4});
  CHECK(layers::concatenate({Input({3, None}), Input({3, 4})}).shape() == Shape{None, 3, None});
  CHECK(layers::concatenate({Input({3}), Input({4})}, {.name = "merge"}).shape() == Shape{None, 7});
}

TEST_CASE("Concatenate joins masks, and takes an input without one as unmasked", "[layers]") {
  const Tensor mask = Tensor::from(std::vector<bool>{true, false}, {1, 2});
  const Tensor x = detail::with_keras_mask(Tensor::from({1.0f, 2.0f, 3.0f, 4.0f}, {1, 2, 2}), mask);
  const Tensor y = Tensor::from({5.0f, 6.0f}, {1, 1, 2});
  const auto joined = detail::keras_mask(layers::concatenate({x, y}, {.axis = 1}));
  REQUIRE(joined);
  check_values(*joined, {1, 3}, {1, 0, 1});
  CHECK_FALSE(detail::keras_mask(layers::concatenate({y, y})));
}

TEST_CASE("Concatenate writes Keras's config and is revived from it", "[layers]") {
  layers::Concatenate concatenate({.axis = 1, .name = "d"});
  CHECK(config_text(concatenate) == common_config() + ", 'axis': 1}");
  check_round_trip(concatenate);
}
