#include <weft/applications/datasets/tinyshakespeare.h>

#include <set>

#include "tests/applications/environment.h"
#include "tests/harness/catch.h"

using namespace weft;

TEST_CASE("The text of tinyshakespeare is loaded", "[text]") {
  const test::Environment data("WEFT_DATA_DIR", test::source_dir() + "/data");
  const std::string text = datasets::tinyshakespeare::load_data();
  CHECK(text.size() == 1115394);
  CHECK(text.substr(0, 14) == "First Citizen:");
  CHECK(std::set<char>(text.begin(), text.end()).size() == 65);
}
