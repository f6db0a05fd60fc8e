#include <weft/core/error.h>
#include <weft/core/settings.h>
#include <weft/core/version.h>

#include <cmath>
#include <string>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/keep_settings.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

TEST_CASE("Settings start as Keras's and hold what was set", "[settings]") {
  CHECK(floatx() == "float32");
  CHECK(epsilon() == 1e-7);
  CHECK(get_float32_matmul_precision() == "highest");
  CHECK_FALSE(deterministic());
  CHECK(num_threads() >= 1);
  const test::KeepSettings keep;
  set_floatx("float64");
  set_epsilon(1e-5);
  set_float32_matmul_precision("high");
  set_deterministic(true);
  set_num_threads(3);
  CHECK(floatx() == DType::float64);
  CHECK(epsilon() == 1e-5);
  CHECK(get_float32_matmul_precision() == "high");
  CHECK(deterministic());
  CHECK(num_threads() == 3);
  set_floatx("float32");
  set_epsilon(1e-7);
  set_float32_matmul_precision("highest");
}

TEST_CASE("Settings refuse what they cannot be", "[settings][errors]") {
  CHECK_THAT(error_of<DtypeError>([] { set_floatx("int32"); }),
             Contains("Expected one of: 'float16'") && Contains("Received: 'int32'"));
  CHECK_THAT(error_of<Error>([] { set_epsilon(0); }),
             Contains("Expected: a positive, finite number. Received: 0"));
  CHECK_THAT(error_of<Error>([] { set_epsilon(std::nan("")); }), Contains("Received: nan"));
  CHECK_THAT(error_of<Error>([] { set_float32_matmul_precision("tf32"); }),
             Contains("'medium'. Received: 'tf32'"));
  CHECK_THAT(error_of<Error>([] { set_num_threads(0); }),
             Contains("Expected: a number from 1 to 1024. Received: 0"));
  CHECK_THAT(error_of<Error>([] { set_num_threads(10'000); }),
             Contains("Expected: a number from 1 to 1024. Received: 10000"));
  CHECK(floatx() == "float32");
}

TEST_CASE("The library is of the version of its headers", "[version]") {
  const std::string numbers = std::to_string(WEFT_VERSION_MAJOR) + "." +
                              std::to_string(WEFT_VERSION_MINOR) + "." +
                              std::to_string(WEFT_VERSION_PATCH);
  CHECK(version() == numbers);
  CHECK(WEFT_VERSION == WEFT_VERSION_MAJOR * 10000 + WEFT_VERSION_MINOR * 100 + WEFT_VERSION_PATCH);
}
