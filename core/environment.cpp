#include "core/environment.hpp"

#include <fmt/core.h>
#include <weft/core/log.h>

#include <charconv>
#include <cstdlib>
#include <string_view>

namespace weft::detail {
namespace {

std::string_view text_of(const char* name) {
  const char* set = std::getenv(name);
  return set == nullptr ? "" : set;
}

void warn(const char* name, const std::string& expected, std::string_view received) {
  log(LogLevel::warning,
      fmt::format("{} is ignored. Expected: {}. Received: '{}'", name, expected, received));
}

}  // namespace

bool environment_flag(const char* name, bool otherwise) {
  const std::string_view text = text_of(name);
  if (text == "0" || text == "1") return text == "1";
  if (!text.empty()) warn(name, "0 or 1", text);
  return otherwise;
}

std::optional<std::size_t> environment_number(const char* name, std::size_t least, std::size_t most,
                                              const std::string& expected) {
  const std::string_view text = text_of(name);
  if (text.empty()) return {};
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc{} && end == text.data() + text.size() && number >= least && number <= most)
    return number;
  warn(name, expected, text);
  return {};
}

}  // namespace weft::detail
