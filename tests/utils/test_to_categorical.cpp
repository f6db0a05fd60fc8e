#include <weft/core/error.h>
#include <weft/utils/to_categorical.h>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using utils::to_categorical;
using weft::test::error_of;

TEST_CASE("to_categorical makes float64 rows and drops a trailing 1", "[to_categorical]") {
  const Tensor t = to_categorical(Tensor::of({2, 0}));
  CHECK(t.dtype() == DType::float64);
  CHECK(t.shape() == Shape({2, 3}));
  CHECK(t.to_vector<double>() == std::vector<double>{0, 0, 1, 1, 0, 0});
  CHECK(to_categorical(Tensor::of({{1}, {0}}), 2).shape() == Shape({2, 2}));
  CHECK(to_categorical(Tensor::of({{1, 0}, {0, 1}}), 4).shape() == Shape({2, 2, 4}));
  CHECK(to_categorical(Tensor::of({1.0f, 0.0f})).shape() == Shape({2, 2}));
  CHECK(to_categorical(Tensor::of({0}), 2).shape() == Shape({1, 2}));
}

TEST_CASE("to_categorical refuses what is no class number", "[to_categorical][errors]") {
  CHECK_THAT(error_of<ShapeError>([] {
               to_categorical(Tensor::of({0, 3}), 3);
             }),
             Contains("label out of range. Expected: from 0 to 2. Received: 3 at place 1"));
  CHECK_THAT(error_of<ShapeError>([] {
               to_categorical(Tensor::of({-1, 1}));
             }),
             Contains("Received: -1 at place 0"));
  CHECK_THAT(error_of<DtypeError>([] { to_categorical(Tensor::of({0.5f})); }),
             Contains("Expected: whole numbers. Received: 0.5"));
  CHECK_THAT(error_of<ShapeError>([] { to_categorical(Tensor::from(std::vector<int>{})); }),
             Contains("num_classes is needed"));
}
