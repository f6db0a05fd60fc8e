#include <weft/core/config.h>
#include <weft/core/error.h>

#include <cmath>

#include "core/config_access.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using detail::hash_of;
using detail::same;
using detail::to_text;
using weft::test::error_of;

TEST_CASE("A config holds what was put in, in order", "[config]") {
  const Config c = {{"units", 3},   {"name", "x"},    {"rate", 0.5f},
                    {"flag", true}, {"axes", {1, 2}}, {"inner", Config{{"a", 1}}}};
  CHECK(c.keys() == std::vector<std::string>{"units", "name", "rate", "flag", "axes", "inner"});
  CHECK(c.size() == 6);
  CHECK(c.get<int>("units") == 3);
  CHECK(c.get<std::string>("name") == "x");
  CHECK(c.get<double>("rate") == 0.5);
  CHECK(c.get<float>("units") == 3.0f);
  CHECK(c.get<bool>("flag"));
  CHECK(c.get<std::vector<int>>("axes") == std::vector<int>{1, 2});
  CHECK(c.get<Config>("inner").get<int>("a") == 1);
  CHECK(to_text(c) ==
        "{'units': 3, 'name': 'x', 'rate': 0.5, 'flag': True, 'axes': [1, 2], 'inner': {'a': 1}}");
}

TEST_CASE("Braces in a config make lists, also of one and of none", "[config]") {
  const ConfigValue v(7);
  const Config one = {{"axes", {v}}};
  CHECK(to_text(one) == "{'axes': [7]}");
  const Config c = {{"none", {}},
                    {"nested", {{1, 2}, {3}}},
                    {"mixed", {1, "two", 3.0, nullptr}},
                    {"null", nullptr}};
  CHECK(to_text(c) ==
        "{'none': [], 'nested': [[1, 2], [3]], 'mixed': [1, 'two', 3.0, None], 'null': None}");
  const ConfigValue copy{v}, copy2 = {v};
  CHECK(copy.get<int>() == 7);
  CHECK(copy2.get<int>() == 7);
}

TEST_CASE("A config takes shapes, dtypes, dimensions, optionals and vectors", "[config]") {
  const std::optional<int> seed = 5, unseeded;
  Config c;
  c.set("shape", Shape{None, 4})
      .set("dtype", DType::int32)
      .set("dim", None)
      .set("seed", seed)
      .set("unseeded", unseeded);
  c.set("flags", std::vector<bool>{true, false})
      .set("names", std::vector<std::string>{"a", "b"})
      .set("nothing", std::nullopt);
  c.set("shapes", std::vector<Shape>{{1}, {}});
  CHECK(c.get<Shape>("shape") == Shape({None, 4}));
  CHECK(c.get<DType>("dtype") == DType::int32);
  CHECK(c.get<Dim>("dim") == None);
  CHECK(c.get<std::optional<int>>("seed") == 5);
  CHECK(c.get<std::optional<int>>("unseeded") == std::nullopt);
  CHECK(c.get<std::vector<bool>>("flags") == std::vector<bool>{true, false});
  CHECK(c.get<std::vector<std::string>>("names") == std::vector<std::string>{"a", "b"});
  CHECK(c.get<std::vector<Shape>>("shapes") == std::vector<Shape>{{1}, {}});
  CHECK(c["nothing"].is_null());
  CHECK(c.get<std::vector<std::optional<int>>>("shape") ==
        std::vector<std::optional<int>>{std::nullopt, 4});
  CHECK(c.get<DType>("nothing") == DType::undefined);
  CHECK(Config{{"u", 18446744073709551615u >> 1}}.get<std::uint64_t>("u") == 9223372036854775807u);
}

TEST_CASE("Keras's tuples and dtype policies are read as lists and dtypes", "[config]") {
  const Config c = {
      {"t", Config{{"class_name", "__tuple__"}, {"items", {1, 2}}}},
      {"policy", Config{{"class_name", "DTypePolicy"}, {"config", Config{{"name", "float16"}}}}}};
  CHECK(c.get<std::vector<int>>("t") == std::vector<int>{1, 2});
  CHECK(c.get<Shape>("t") == Shape({1, 2}));
  CHECK(c.get<DType>("policy") == DType::float16);
}

TEST_CASE("Copies of a config are independent", "[config]") {
  Config a = {{"x", 1}};
  Config b = a;
  b.set("x", 2).set("y", 3);
  CHECK(a.get<int>("x") == 1);
  CHECK_FALSE(a.contains("y"));
  CHECK(b.get<int>("x") == 2);
  Config inner = {{"a", 1}};
  const Config outer = {{"inner", inner}};
  inner.set("a", 9);
  CHECK(outer.get<Config>("inner").get<int>("a") == 1);
  const ConfigValue value = outer["inner"];
  CHECK(value.get<Config>().get<int>("a") == 1);
}

TEST_CASE("Set replaces in place, merge sets all, erase removes", "[config]") {
  Config c = {{"a", 1}, {"b", 2}, {"a", 3}};
  CHECK(to_text(c) == "{'a': 3, 'b': 2}");
  c.merge({{"b", "two"}, {"c", 4}});
  CHECK(to_text(c) == "{'a': 3, 'b': 'two', 'c': 4}");
  c.merge(c).erase("b").erase("nowhere");
  CHECK(to_text(c) == "{'a': 3, 'c': 4}");
  CHECK(to_text(Config{{"a", 1}}.set("b", 2).merge({{"c", 3}}).erase("a")) == "{'b': 2, 'c': 3}");
}

TEST_CASE("A default stands in for an absent key only", "[config]") {
  const Config c = {{"null", nullptr}};
  CHECK(c.get<std::string>("name", "default") == "default");
  CHECK(c.get<int>("units", 3) == 3);
  CHECK(c.get<std::optional<int>>("null", 3) == std::nullopt);
  CHECK_THAT(error_of<Error>([&] { return c.get<int>("null", 3); }), Contains("key 'null'"));
}

TEST_CASE("A missing key is refused with the keys there are", "[config][errors]") {
  const Config c = {{"a", 1}, {"b", 2}};
  CHECK(error_of<Error>([&] { return c["x"]; }) == "Config: no key 'x'. Existing keys: ['a', 'b']");
  CHECK(error_of<Error>([&] { return Config().get<int>("x"); }) ==
        "Config: no key 'x'. Existing keys: []");
}

TEST_CASE("A value of the wrong kind is refused by key, expected and received",
          "[config][errors]") {
  const Config c = {{"text", "abc"},    {"real", 0.5},      {"big", 3000000000},
                    {"list", {1, "b"}}, {"dict", Config{}}, {"no", nullptr}};
  CHECK(error_of<Error>([&] { return c.get<int>("text"); }) ==
        "Config: key 'text' has the wrong kind. Expected: an integer. Received: 'abc' (a string)");
  CHECK_THAT(error_of<Error>([&] { return c.get<int>("real"); }),
             Contains("Received: 0.5 (a floating-point number)"));
  CHECK_THAT(error_of<Error>([&] { return c.get<int>("big"); }),
             Contains("from -2147483648 to 2147483647. Received: 3000000000"));
  CHECK_THAT(error_of<Error>([&] { return c.get<unsigned>("no"); }), Contains("Received: None"));
  CHECK_THAT(error_of<Error>([&] { return c.get<bool>("text"); }),
             Contains("Expected: True or False"));
  CHECK_THAT(error_of<Error>([&] { return c.get<std::vector<int>>("list"); }),
             Contains("key 'list'"));
  CHECK_THAT(error_of<Error>([&] { return c.get<std::vector<int>>("dict"); }),
             Contains("Expected: a list"));
  CHECK_THAT(error_of<Error>([&] { return c.get<Config>("list"); }), Contains("Expected: a dict"));
  CHECK_THAT(error_of<Error>([&] { return c.get<Shape>("list"); }), Contains("Expected: a shape"));
  CHECK_THAT(error_of<Error>([&] { return c.get<std::string>("dict"); }),
             Contains("Expected: a string. Received: {}"));
  CHECK_THAT(error_of<Error>([&] { return c["text"].get<double>(); }),
             Contains("a value has the wrong kind. Expected: a number"));
  CHECK_THAT(error_of<Error>([&] {
               return Config{{"u", 18446744073709551615u}};
             }),
             Contains("integer out of range"));
  CHECK_THAT(error_of<Error>([&] { return c.get<std::uint8_t>("big"); }),
             Contains("from 0 to 255"));
}

TEST_CASE("Two configs are the same by value, and then their hashes are equal", "[config]") {
  const Config a = {{"x", 1}, {"y", {1.5, "s"}}, {"z", std::nan("")}};
  const Config b = {{"z", std::nan("")}, {"x", 1}, {"y", {1.5, "s"}}};
  CHECK(same(a, b));
  CHECK(hash_of(a) == hash_of(b));
  CHECK(same(Config(), Config{}));
  CHECK_FALSE(same(a, Config{{"x", 1}}));
  CHECK_FALSE(same(ConfigValue(1), ConfigValue(1.0)));
  CHECK_FALSE(same(ConfigValue(1), ConfigValue(true)));
  CHECK_FALSE(same(ConfigValue(0.0), ConfigValue(-0.0)));
  CHECK_FALSE(same(Config{{"x", {1, 2}}}, Config{{"x", {1, 3}}}));
  CHECK_FALSE(same(Config{{"x", 1}}, Config{{"y", 1}}));
  CHECK(hash_of(Config{{"x", 1}, {"y", 2}}) != hash_of(Config{{"x", 2}, {"y", 1}}));
  CHECK(hash_of(Config{{"x", {1, 2}}}) != hash_of(Config{{"x", {2, 1}}}));
}

TEST_CASE("Floating-point numbers print as Python's repr", "[config]") {
  const std::vector<std::pair<double, std::string>> rows = {
      {0.001, "0.001"},
      {1e-7, "1e-07"},
      {1.0, "1.0"},
      {0.1, "0.1"},
      {100.0, "100.0"},
      {1e15, "1000000000000000.0"},
      {1e16, "1e+16"},
      {1.5e300, "1.5e+300"},
      {0.0001, "0.0001"},
      {0.00001, "1e-05"},
      {1234.5678, "1234.5678"},
      {-0.0, "-0.0"},
      {0.0, "0.0"},
      {0.0010000000474974513, "0.0010000000474974513"},
      {123456789012345680.0, "1.2345678901234568e+17"},
      {5e-324, "5e-324"},
      {-2.5, "-2.5"},
      {INFINITY, "inf"},
      {-INFINITY, "-inf"}};
  for (const auto& [number, text] : rows) CHECK(detail::python_repr(number) == text);
  CHECK(detail::python_repr(std::nan("")) == "nan");
}
