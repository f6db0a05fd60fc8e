#include <weft/core/dtype.h>
#include <weft/core/error.h>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

TEST_CASE("A dtype goes by Keras's names", "[dtype]") {
  const std::vector<std::pair<std::string, DType>> rows = {
      {"bool", DType::boolean},     {"uint8", DType::uint8},     {"uint16", DType::uint16},
      {"uint32", DType::uint32},    {"uint64", DType::uint64},   {"int8", DType::int8},
      {"int16", DType::int16},      {"int32", DType::int32},     {"int64", DType::int64},
      {"float16", DType::float16},  {"float32", DType::float32}, {"float64", DType::float64},
      {"bfloat16", DType::bfloat16}};
  for (const auto& [name, dtype] : rows) {
    CHECK(dtype.name() == name);
    CHECK(DType(name) == dtype);
  }
  CHECK(DType("float32") == "float32");
  CHECK(DType() == DType::undefined);
}

TEST_CASE("A dtype knows its size and kind", "[dtype]") {
  CHECK(DType(DType::boolean).itemsize() == 1);
  CHECK(DType(DType::bfloat16).itemsize() == 2);
  CHECK(DType(DType::uint32).itemsize() == 4);
  CHECK(DType(DType::float64).itemsize() == 8);
  CHECK(DType().itemsize() == 0);
  CHECK(DType("float16").is_floating());
  CHECK_FALSE(DType("int8").is_floating());
  CHECK(DType("uint64").is_integer());
  CHECK_FALSE(DType("bool").is_integer());
  CHECK_FALSE(DType().is_integer());
}

TEST_CASE("An unknown dtype is refused with the list of names", "[dtype][errors]") {
  const std::string text = error_of<DtypeError>([] { return DType("flaot32"); });
  CHECK_THAT(text, Contains("Expected one of: 'float32', 'float64'"));
  CHECK_THAT(text, Contains("'bool'"));
  CHECK_THAT(text, Contains("Received: 'flaot32'"));
}
