#include <weft/core/log.h>

#include <string>
#include <vector>

#include "tests/harness/catch.h"

using namespace weft;

TEST_CASE("The log sends what its level lets through to the sink", "[log]") {
  std::vector<std::pair<LogLevel, std::string>> seen;
  set_log_sink([&](LogLevel level, std::string_view text) { seen.emplace_back(level, text); });
  CHECK(log_level() == LogLevel::warning);
  detail::log(LogLevel::info, "dropped");
  detail::log(LogLevel::warning, "kept");
  set_log_level(LogLevel::debug);
  detail::log(LogLevel::debug, "{} is no format");
  set_log_level(LogLevel::off);
  detail::log(LogLevel::error, "dropped");
  CHECK_FALSE(detail::log_enabled(LogLevel::off));
  set_log_level(LogLevel::warning);
  set_log_sink({});
  REQUIRE(seen.size() == 2);
  CHECK(seen[0] == std::pair(LogLevel::warning, std::string("kept")));
  CHECK(seen[1].second == "{} is no format");
}

TEST_CASE("A log sink may replace the sink", "[log]") {
  int calls = 0;
  set_log_sink([&](LogLevel, std::string_view) {
    ++calls;
    set_log_sink([](LogLevel, std::string_view) {});
  });
  detail::log(LogLevel::error, "first");
  detail::log(LogLevel::error, "second");
  set_log_sink({});
  CHECK(calls == 1);
}
