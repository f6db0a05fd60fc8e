#include <weft/core/error.h>
#include <weft/core/structures.h>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

TEST_CASE("unpack gives the tensors by structured binding, a dict in the order of its keys") {
  const Tensor a = Tensor::of({1.0f}), b = Tensor::of({2.0f, 3.0f});
  const auto [first, second] = Tensors({a, b}).unpack<2>();
  CHECK(first.to_vector<float>() == std::vector<float>{1});
  CHECK(second.to_vector<float>() == std::vector<float>{2, 3});
  const auto [of_a, of_z] = Tensors({{"z", b}, {"a", a}}).unpack<2>();
  CHECK(of_a.to_vector<float>() == std::vector<float>{1});
  CHECK(of_z.to_vector<float>() == std::vector<float>{2, 3});
  const auto [only] = Tensors(b).unpack<1>();
  CHECK(only.shape() == Shape{2});
}

TEST_CASE("unpack of another number of tensors says how many there are") {
  const Tensors two = {Tensor(1), Tensor(2)};
  CHECK_THAT(error_of<GraphError>([&] { two.unpack<3>(); }), Contains("3") && Contains("2"));
  CHECK_THAT(error_of<GraphError>([&] { two.unpack<1>(); }), Contains("1") && Contains("2"));
}
