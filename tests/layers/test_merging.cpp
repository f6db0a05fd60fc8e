#include <weft/layers/add.h>
#include <weft/layers/average.h>
#include <weft/layers/maximum.h>
#include <weft/layers/minimum.h>
#include <weft/layers/multiply.h>
#include <weft/layers/subtract.h>

#include "core/access.hpp"
#include "core/config_access.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Merging layers and their functions work elementwise", "[layers]") {
  const Tensor a = Tensor::of({{1.0f, -2.0f}, {3.0f, 4.0f}}),
               b = Tensor::of({{5.0f, 6.0f}, {-7.0f, 8.0f}});
  check_values(layers::Add()({a, b, a}), {2, 2}, {7, 2, -1, 16});
  check_values(layers::add({a, b}), {2, 2}, {6, 4, -4, 12});
  check_values(layers::Subtract()({a, b}), {2, 2}, {-4, -8, 10, -4});
  check_values(layers::subtract({b, a}), {2, 2}, {4, 8, -10, 4});
  check_values(layers::Multiply()({a, b, b}), {2, 2}, {25, -72, 147, 256});
  check_values(layers::multiply({a, b}), {2, 2}, {5, -12, -21, 32});
  check_values(layers::Average()({a, b, a}), {2, 2}, {7 / 3.0, 2 / 3.0, -1 / 3.0, 16 / 3.0});
  check_values(layers::average({a, b}), {2, 2}, {3, 2, -2, 6});
  check_values(layers::Maximum()({a, b}), {2, 2}, {5, 6, 3, 8});
  check_values(layers::maximum({a, b}), {2, 2}, {5, 6, 3, 8});
  check_values(layers::Minimum()({a, b}), {2, 2}, {1, -2, -7, 4});
  check_values(layers::minimum({a, b}), {2, 2}, {1, -2, -7, 4});
  check_values(layers::Add()({a}), {2, 2}, {1, -2, 3, 4});
}

TEST_CASE("Merging layers broadcast, the batch left aside, and align ranks behind it", "[layers]") {
  CHECK(layers::Add()({Input({5, 4}), Input({1, 4})}).shape() == Shape{None, 5, 4});
  CHECK(layers::Add()({Input({4}), Input({5, 4})}).shape() == Shape{None, 5, 4});
  CHECK(layers::Multiply()({Input({None, 4}), Input({5, 1})}).shape().rank() == 3);
  const Tensor row = Tensor::of({{10.0f, 20.0f}, {30.0f, 40.0f}});  // [N, C] beside [N, T, C]
  const Tensor steps = Tensor::from({1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f, 8.0f}, {2, 2, 2});
  check_values(layers::Add()({row, steps}), {2, 2, 2}, {11, 22, 13, 24, 35, 46, 37, 48});
}

TEST_CASE("A merged mask counts what any input counts, and is none when one input has none",
          "[layers]") {
  const Tensor ma = Tensor::from(std::vector<bool>{true, false}, {1, 2}),
               mb = Tensor::from(std::vector<bool>{false, false}, {1, 2});
  const Tensor x = detail::with_keras_mask(Tensor::from({1.0f, 2.0f, 3.0f, 4.0f}, {1, 2, 2}), ma);
  const Tensor y = detail::with_keras_mask(Tensor::from({5.0f, 6.0f, 7.0f, 8.0f}, {1, 2, 2}), mb);
  const auto mask = detail::keras_mask(layers::add({x, y}));
  REQUIRE(mask);
  check_values(*mask, {1, 2}, {1, 0});
  CHECK_FALSE(
      detail::keras_mask(layers::add({x, Tensor::from({1.0f, 1.0f, 1.0f, 1.0f}, {1, 2, 2})})));
  // Masked elements do not count in a maximum, count as 1 in a product; what all mask is 0 there.
  // Checked with Keras 3.15.1.
  check_values(layers::maximum({x, y}), {1, 2, 2}, {1, 2, 3, 4});
  check_values(layers::multiply({x, y}), {1, 2, 2}, {1, 2, 0, 0});
  check_values(layers::add({x, y}), {1, 2, 2}, {6, 8, 10, 12});
}

TEST_CASE("Merging layers write Keras's configs and are revived from them", "[layers]") {
  layers::Add sum({.name = "d"});
  sum({Input({5, 4}), Input({5, 4})});
  CHECK(config_text(sum) == common_config() + "}");
  CHECK(detail::to_text(sum->get_build_config()) ==
        "{'input_shape': [[None, 5, 4], [None, 5, 4]]}");
  layers::Add one;
  one({Input({5, 4})});
  CHECK(detail::to_text(one->get_build_config()) == "{'input_shape': [[None, 5, 4]]}");
  for (const AnyLayer& layer :
       {AnyLayer(sum), AnyLayer(layers::Subtract()), AnyLayer(layers::Multiply()),
        AnyLayer(layers::Average()), AnyLayer(layers::Maximum()), AnyLayer(layers::Minimum())}) {
    check_round_trip(layer);
  }
}
