#include <weft/core/error.h>

#include <clocale>
#include <cmath>

#include "core/config_access.hpp"
#include "io/json.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using io::parse_json;
using io::parse_json_value;
using io::to_json;
using weft::test::error_of;

TEST_CASE("JSON that Python wrote is written again byte for byte", "[json]") {
  const std::string text =
      R"({"module": "keras.layers", "config": {"rate": 0.0010000000474974513, "eps": 1e-07, "one": 1.0, "units": 10, )"
      R"("shape": [null, 28], "bias": true, "frozen": false, "empty": {}, "none": [], "big": 9223372036854775807, )"
      R"("text": "na\u00efve \ud83d\ude00 \"quoted\" \\ / \n\t\u0001", "e": 1e+22, "z": -0.0}, "registered_name": null})";
  CHECK(to_json(parse_json(text)) == text);
}

TEST_CASE("JSON keeps integers and floating-point numbers apart", "[json]") {
  const Config c = parse_json(
      R"({"i": 3, "d": 3.0, "e": 3e0, "n": -4, "big": 18446744073709551616, "u": 18446744073709551615})");
  CHECK(detail::to_text(c) ==
        "{'i': 3, 'd': 3.0, 'e': 3.0, 'n': -4, 'big': 1.8446744073709552e+19, 'u': "
        "1.8446744073709552e+19}");
  CHECK(c.get<int>("i") == 3);
}

TEST_CASE("JSON reads and writes NaN and Infinity as Python does", "[json]") {
  const std::string text =
      R"({"a": [NaN, Infinity, -Infinity, 0.0], "text": "NaN, \"Infinity", "b": NaN})";
  const Config c = parse_json(text);
  CHECK(std::isnan(c.get<std::vector<double>>("a")[0]));
  CHECK(c.get<std::vector<double>>("a")[1] == INFINITY);
  CHECK(c.get<std::vector<double>>("a")[2] == -INFINITY);
  CHECK(c.get<std::string>("text") == "NaN, \"Infinity");
  CHECK(to_json(c) == text);
  // Numbers that a reader could take for a stand-in stay numbers.
  const Config tricky = parse_json(R"({"a": [0e0, 0E0, 0e1, 0e000000, NaN, -0e2]})");
  const std::vector<double> values = tricky.get<std::vector<double>>("a");
  CHECK(values[0] == 0);
  CHECK(values[1] == 0);
  CHECK(values[2] == 0);
  CHECK(values[3] == 0);
  CHECK(std::isnan(values[4]));
  CHECK(std::signbit(values[5]));
  // -NaN is none of Python's words.
  CHECK_THROWS_AS(parse_json(R"({"a": -NaN})"), FileError);
}

TEST_CASE("JSON keeps the order of keys, and of two equal ones the last value", "[json]") {
  CHECK(to_json(parse_json(R"({"z": 1, "a": 2, "z": 3, "m": {"b": 1, "a": 2}})")) ==
        R"({"z": 3, "a": 2, "m": {"b": 1, "a": 2}})");
}

TEST_CASE("JSON of any kind of value", "[json]") {
  CHECK(parse_json_value("[1, 2]").get<std::vector<int>>() == std::vector<int>{1, 2});
  CHECK(parse_json_value("null").is_null());
  CHECK(to_json(ConfigValue("x")) == "\"x\"");
  CHECK(to_json(Config{{"a", {1, Config{{"b", {}}}}}}, 2) ==
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ]\n}");
}

TEST_CASE("Broken JSON is refused with file, line and column", "[json][errors]") {
  CHECK_THAT(error_of<FileError>([] { parse_json("{\"a\": 1,\n \"b\": }", "config.json"); }),
             Contains("'config.json' is not valid JSON at line 2, column 7"));
  for (const char* text :
       {"", "{", "{\"a\"", "{\"a\": tru}", "{'a': 1}", "{\"a\": 1} x", "{\"a\": \"\xff\"}", "[1, 2",
        "{\"a\": 01}", "\x00", "{\"a\": 1e999}", "{\"a\": nan}", "{\"a\": \"\\ud800\"}"}) {
    INFO(text);
    CHECK_THAT(error_of<FileError>([&] { parse_json(text, "f"); }),
               Contains("'f' is not valid JSON at line 1"));
  }
  CHECK_THAT(error_of<FileError>([] { parse_json("[1]", "f"); }),
             Contains("Expected: an object. Received: a list"));
}

TEST_CASE("JSON nested without end is refused", "[json][errors]") {
  const std::string deep(100000, '[');
  CHECK_THAT(error_of<FileError>([&] { parse_json_value(deep, "f"); }),
             Contains("Expected: at most 512 levels"));
  std::string good;
  for (int i = 0; i < 500; ++i) good += "[";
  for (int i = 0; i < 500; ++i) good += "]";
  CHECK(to_json(parse_json_value(good)) == good);
}

TEST_CASE("Text that is not UTF-8 is not written as JSON", "[json][errors]") {
  CHECK_THAT(error_of<FileError>([] { to_json(Config{{"a", "\xff"}}); }), Contains("not UTF-8"));
}

TEST_CASE("JSON numbers do not depend on the locale", "[json]") {
  const std::string before = std::setlocale(LC_NUMERIC, nullptr);
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8", "C"}) {
    if (std::setlocale(LC_NUMERIC, name) == nullptr) continue;
    CHECK(to_json(parse_json(R"({"a": 1234.5})")) == R"({"a": 1234.5})");
  }
  std::setlocale(LC_NUMERIC, before.c_str());
}
