#include <cstdlib>

#include "applications/datasets/locate.hpp"
#include "tests/harness/catch.h"

using namespace weft;

TEST_CASE("Data sets are looked for in WEFT_DATA_DIR first, then in Keras's cache", "[mnist]") {
  const char* before = std::getenv("WEFT_DATA_DIR");
  const std::string kept = before == nullptr ? "" : before;
  setenv("WEFT_DATA_DIR", "/some/folder", 1);
  setenv("KERAS_HOME", "/keras", 1);
  const std::vector<datasets::Place> all = datasets::places();
  unsetenv("KERAS_HOME");
  setenv("WEFT_DATA_DIR", kept.c_str(), 1);
  REQUIRE(all.size() >= 2);
  CHECK(all[0].folder == "/some/folder");
  CHECK(all[0].description == "WEFT_DATA_DIR");
  CHECK_FALSE(all[0].keras_cache);
  CHECK(all[1].folder == "/keras/datasets");
  CHECK(all[1].keras_cache);
}
