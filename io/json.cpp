#include "io/json.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "core/config_access.hpp"

namespace weft::io {
namespace {

using detail::ConfigKind;
using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 512;  // a nested model takes some six levels

[[noreturn]] void fail_at(std::string_view name, std::string_view text, std::size_t position,
                          std::string_view what) {
  position = std::min(position, text.size());
  const std::string_view before = text.substr(0, position);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  throw FileError(fmt::format("'{}' is not valid JSON at line {}, column {}: {}", name, line,
                              position - line_start + 1, what));
}

// ------------------------------------------------------------------------------------------------
// NaN and Infinity

/// nlohmann's reader takes only what the standard allows. So where a document holds Python's words,
/// each is replaced by a number of the same length (positions in errors stay right) whose spelling
/// occurs nowhere else in the document.
struct SpecialNumbers {
  std::optional<std::string> text;  // the document with the words replaced, when there are any
  std::string nan, infinity;        // the spellings chosen
};

bool is_word(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '+';
}

/// Where `word` stands alone outside of strings.
std::vector<std::size_t> places_of(std::string_view word, std::string_view text) {
  std::vector<std::size_t> places;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (in_string) {
      if (text[i] == '\\')
        ++i;
      else if (text[i] == '"')
        in_string = false;
    } else if (text[i] == '"') {
      in_string = true;
    } else if (text.substr(i, word.size()) == word) {
      const bool starts =
          i == 0 || !(is_word(text[i - 1]) || (word == "NaN" && text[i - 1] == '-'));
      const bool ends = i + word.size() >= text.size() || !is_word(text[i + word.size()]);
      if (starts && ends) places.push_back(i);
    }
  }
  return places;
}

/// A spelling of zero, `length` characters long, that is nowhere in the text.
std::string unused_spelling(std::size_t length, std::string_view text, std::string_view name) {
  for (char digit = '0'; digit <= '9'; ++digit) {
    for (const char e : {'e', 'E'}) {
      const std::string spelling = std::string("0") + e + std::string(length - 3, '0') + digit;
      if (text.find(spelling) == std::string_view::npos) return spelling;
    }
  }
  throw FileError(fmt::format(
      "'{}': this document cannot be read: it holds NaN or Infinity among every spelling of zero",
      name));
}

SpecialNumbers replace_special(std::string_view text, std::string_view name) {
  SpecialNumbers special;
  const auto replace = [&](std::string_view word, std::string& spelling) {
    if (text.find(word) == std::string_view::npos) return;
    const std::vector<std::size_t> places = places_of(word, text);
    if (places.empty()) return;
    if (!special.text) special.text = std::string(text);
    spelling = unused_spelling(word.size(), *special.text, name);
    for (const std::size_t at : places) special.text->replace(at, word.size(), spelling);
  };
  replace("NaN", special.nan);
  replace("Infinity", special.infinity);
  return special;
}

// ------------------------------------------------------------------------------------------------
// reading

/// nlohmann's text without its own prefix and position.
std::string reason(std::string text) {
  const std::size_t colon = text.find(": ");
  return colon == std::string::npos ? text : text.substr(colon + 2);
}

/// Takes nlohmann's events and builds values.
class Builder : public nlohmann::json_sax<Json> {
 public:
  explicit Builder(const SpecialNumbers& special) : special_(special) {}

  bool null() override { return put({}); }
  bool boolean(bool b) override { return put(b); }
  bool number_integer(number_integer_t i) override { return put(i); }
  bool number_unsigned(number_unsigned_t u) override {
    if (u <= static_cast<number_unsigned_t>(INT64_MAX)) return put(u);
    return put(static_cast<double>(u));
  }
  bool number_float(number_float_t d, const string_t& spelling) override {
    const bool negative = spelling.front() == '-';
    const std::string_view digits = std::string_view(spelling).substr(negative ? 1 : 0);
    if (!special_.nan.empty() && digits == special_.nan && !negative) return put(std::nan(""));
    if (!special_.infinity.empty() && digits == special_.infinity) {
      constexpr double infinity = std::numeric_limits<double>::infinity();
      return put(negative ? -infinity : infinity);
    }
    return put(d);
  }
  bool string(string_t& s) override { return put(std::string_view(s)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool key(string_t& name) override {
    levels_.back().key = name;
    return true;
  }
  bool end_object() override {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    return put(detail::make_config(std::move(level.entries)));
  }
  bool end_array() override {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    return put(detail::make_list(std::move(level.items)));
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    error_position = position == 0 ? 0 : position - 1;
    error_text = reason(error.what());
    return false;
  }

  ConfigValue result;
  std::size_t error_position = 0;
  std::string error_text;

 private:
  struct Level {
    bool is_object;
    std::string key;
    detail::ConfigEntries entries;
    std::unordered_map<std::string, std::size_t>
        places;  // of keys in entries: a document with a million keys is no trap
    detail::ConfigList items;
  };

  bool open(bool is_object) {
    if (levels_.size() == kMaxDepth) {
      error_text = fmt::format("it is nested too deeply. Expected: at most {} levels", kMaxDepth);
      return false;
    }
    levels_.push_back({is_object, {}, {}, {}, {}});
    return true;
  }

  bool put(ConfigValue value) {
    if (levels_.empty()) {
      result = std::move(value);
      return true;
    }
    Level& level = levels_.back();
    if (!level.is_object) {
      level.items.push_back(std::move(value));
      return true;
    }
    const auto [at, is_new] = level.places.try_emplace(level.key, level.entries.size());
    if (is_new) {
      level.entries.emplace_back(level.key, std::move(value));
    } else {
      level.entries[at->second].second = std::move(value);
    }
    return true;
  }

  const SpecialNumbers& special_;
  std::vector<Level> levels_;
};

// ------------------------------------------------------------------------------------------------
// writing

class Writer {
 public:
  explicit Writer(int indent) : indent_(indent) {}

  void write(const ConfigValue& v) {
    switch (detail::kind(v)) {
      case ConfigKind::null:
        out += "null";
        break;
      case ConfigKind::boolean:
        out += detail::boolean(v) ? "true" : "false";
        break;
      case ConfigKind::integer:
        out += fmt::format("{}", detail::integer(v));
        break;
      case ConfigKind::floating:
        write_floating(detail::floating(v));
        break;
      case ConfigKind::string:
        write_string(detail::string(v));
        break;
      case ConfigKind::dict:
        write(detail::dict(v));
        break;
      case ConfigKind::list:
        write_all('[', ']', detail::list(v), [&](const ConfigValue& one) { write(one); });
        break;
    }
  }

  void write(const Config& c) {
    write_all('{', '}', detail::entries(c), [&](const detail::ConfigEntry& entry) {
      write_string(entry.first);
      out += ": ";
      write(entry.second);
    });
  }

  std::string out;

 private:
  void write_floating(double d) {
    if (std::isnan(d))
      out += "NaN";
    else if (std::isinf(d))
      out += d < 0 ? "-Infinity" : "Infinity";
    else
      out += detail::python_repr(d);
  }

  void write_string(const std::string& text) {
    try {
      out += Json(text).dump(-1, ' ', /*ensure_ascii=*/true);
    } catch (const Json::exception&) {
      throw FileError(fmt::format("Writing JSON: text that is not UTF-8. Received: {}",
                                  detail::to_text(ConfigValue(text))));
    }
  }

  template <class Items, class WriteOne>
  void write_all(char open, char close, const Items& items, WriteOne write_one) {
    out += open;
    ++depth_;
    bool first = true;
    for (const auto& one : items) {
      if (!first) out += indent_ >= 0 ? "," : ", ";
      first = false;
      new_line();
      write_one(one);
    }
    --depth_;
    if (!first) new_line();
    out += close;
  }

  void new_line() {
    if (indent_ < 0) return;
    out += '\n';
    out.append(static_cast<std::size_t>(indent_) * static_cast<std::size_t>(depth_), ' ');
  }

  int indent_;
  int depth_ = 0;
};

}  // namespace

ConfigValue parse_json_value(std::string_view text, std::string_view name) {
  const SpecialNumbers special = replace_special(text, name);
  const std::string_view standard = special.text ? std::string_view(*special.text) : text;
  Builder builder(special);
  if (!Json::sax_parse(standard.begin(), standard.end(), &builder)) {
    fail_at(name, text, builder.error_position, builder.error_text);
  }
  return std::move(builder.result);
}

Config parse_json(std::string_view text, std::string_view name) {
  const ConfigValue value = parse_json_value(text, name);
  if (detail::kind(value) != ConfigKind::dict) {
    throw FileError(
        fmt::format("'{}' holds JSON of another kind. Expected: an object. Received: {}", name,
                    detail::kind_name(detail::kind(value))));
  }
  return detail::dict(value);
}

std::string to_json(const Config& config, int indent) {
  Writer writer(indent);
  writer.write(config);
  return std::move(writer.out);
}

std::string to_json(const ConfigValue& value, int indent) {
  Writer writer(indent);
  writer.write(value);
  return std::move(writer.out);
}

}  // namespace weft::io
