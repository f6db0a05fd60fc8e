#include "core/config_access.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <bit>
#include <charconv>
#include <cmath>
#include <functional>

namespace weft::detail {
namespace {

template <class T>
const T& get(const ConfigValue& v, ConfigKind expected) {
  const ConfigData* data = ConfigAccess::data(v);
  if (data == nullptr || !std::holds_alternative<T>(*data)) {
    throw Error(fmt::format("Config: a value has the wrong kind. Expected: {}. Received: {}",
                            kind_name(expected), kind_name(kind(v))));
  }
  return std::get<T>(*data);
}

std::size_t mixed(std::size_t seed, std::size_t more) {
  return seed ^ (more + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2));  // boost::hash_combine
}

/// As Python's repr of a str, apart from non-ASCII text, which stays as it is.
void append_quoted(std::string& out, std::string_view text) {
  out += '\'';
  for (const char c : text) {
    if (c == '\'' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  out += '\'';
}

void append(std::string& out, const ConfigValue& v);

void append(std::string& out, const Config& c) {
  out += '{';
  bool first = true;
  for (const auto& [name, value] : entries(c)) {
    if (!first) out += ", ";
    first = false;
    append_quoted(out, name);
    out += ": ";
    append(out, value);
  }
  out += '}';
}

void append(std::string& out, const ConfigValue& v) {
  switch (kind(v)) {
    case ConfigKind::null:
      out += "None";
      break;
    case ConfigKind::boolean:
      out += boolean(v) ? "True" : "False";
      break;
    case ConfigKind::integer:
      out += fmt::format("{}", integer(v));
      break;
    case ConfigKind::floating:
      out += python_repr(floating(v));
      break;
    case ConfigKind::string:
      append_quoted(out, string(v));
      break;
    case ConfigKind::dict:
      append(out, dict(v));
      break;
    case ConfigKind::list: {
      out += '[';
      const char* separator = "";
      for (const ConfigValue& one : list(v)) {
        out += separator;
        append(out, one);
        separator = ", ";
      }
      out += ']';
      break;
    }
  }
}

}  // namespace

ConfigEntries& ConfigAccess::own_entries(Config& c) {
  // Shared entries are copied before they are written: other handles keep what they have.
  if (c.state == nullptr) {
    c.state = std::make_shared<ConfigEntries>();
  } else if (c.state.use_count() > 1) {
    c.state = std::make_shared<ConfigEntries>(*entries(c));
  }
  return *static_cast<ConfigEntries*>(c.state.get());
}

ConfigKind kind(const ConfigValue& v) {
  const ConfigData* data = ConfigAccess::data(v);
  return data == nullptr ? ConfigKind::null : static_cast<ConfigKind>(data->index() + 1);
}

std::string_view kind_name(ConfigKind kind) {
  switch (kind) {
    case ConfigKind::null:
      return "None";
    case ConfigKind::boolean:
      return "a bool";
    case ConfigKind::integer:
      return "an integer";
    case ConfigKind::floating:
      return "a floating-point number";
    case ConfigKind::string:
      return "a string";
    case ConfigKind::list:
      return "a list";
    case ConfigKind::dict:
      return "a dict";
  }
  return "";
}

bool boolean(const ConfigValue& v) { return get<bool>(v, ConfigKind::boolean); }
std::int64_t integer(const ConfigValue& v) { return get<std::int64_t>(v, ConfigKind::integer); }
double floating(const ConfigValue& v) {
  return kind(v) == ConfigKind::integer ? static_cast<double>(integer(v))
                                        : get<double>(v, ConfigKind::floating);
}
const std::string& string(const ConfigValue& v) { return get<std::string>(v, ConfigKind::string); }
const ConfigList& list(const ConfigValue& v) { return get<ConfigList>(v, ConfigKind::list); }
const Config& dict(const ConfigValue& v) { return get<Config>(v, ConfigKind::dict); }

const ConfigEntries& entries(const Config& c) {
  static const ConfigEntries none;
  const ConfigEntries* entries = ConfigAccess::entries(c);
  return entries == nullptr ? none : *entries;
}

const ConfigValue* find(const Config& c, std::string_view key) {
  for (const auto& [name, value] : entries(c)) {
    if (name == key) return &value;
  }
  return nullptr;
}

Config make_config(ConfigEntries entries) {
  Config c;
  ConfigAccess::own_entries(c) = std::move(entries);
  return c;
}

ConfigValue make_list(ConfigList list) {
  ConfigValue v;
  ConfigAccess::set_data(v, std::move(list));
  return v;
}

bool same(const ConfigValue& a, const ConfigValue& b) {
  if (ConfigAccess::data(a) == ConfigAccess::data(b)) return true;
  if (kind(a) != kind(b)) return false;
  switch (kind(a)) {
    case ConfigKind::null:
      return true;
    case ConfigKind::boolean:
      return boolean(a) == boolean(b);
    case ConfigKind::integer:
      return integer(a) == integer(b);
    case ConfigKind::floating:
      return (std::isnan(floating(a)) && std::isnan(floating(b))) ||
             std::bit_cast<std::uint64_t>(floating(a)) == std::bit_cast<std::uint64_t>(floating(b));
    case ConfigKind::string:
      return string(a) == string(b);
    case ConfigKind::dict:
      return same(dict(a), dict(b));
    case ConfigKind::list:
      break;
  }
  const ConfigList& left = list(a);
  const ConfigList& right = list(b);
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (!same(left[i], right[i])) return false;
  }
  return true;
}

bool same(const Config& a, const Config& b) {
  const ConfigEntries& left = entries(a);
  const ConfigEntries& right = entries(b);
  if (&left == &right) return true;
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    // Mostly the order is the same too: then no search.
    const ConfigValue* other =
        right[i].first == left[i].first ? &right[i].second : find(b, left[i].first);
    if (other == nullptr || !same(left[i].second, *other)) return false;
  }
  return true;
}

std::size_t hash_of(const ConfigValue& v) {
  std::size_t seed = static_cast<std::size_t>(kind(v));
  switch (kind(v)) {
    case ConfigKind::null:
      return seed;
    case ConfigKind::boolean:
      return mixed(seed, boolean(v) ? 1 : 0);
    case ConfigKind::integer:
      return mixed(seed, std::hash<std::int64_t>()(integer(v)));
    case ConfigKind::floating:  // all NaN are the same
      return mixed(seed, std::isnan(floating(v)) ? 1 : std::bit_cast<std::uint64_t>(floating(v)));
    case ConfigKind::string:
      return mixed(seed, std::hash<std::string>()(string(v)));
    case ConfigKind::dict:
      return mixed(seed, hash_of(dict(v)));
    case ConfigKind::list:
      break;
  }
  for (const ConfigValue& one : list(v)) seed = mixed(seed, hash_of(one));
  return seed;
}

std::size_t hash_of(const Config& c) {
  std::size_t sum = entries(c).size();
  for (const auto& [name, value] : entries(c)) {
    sum += mixed(std::hash<std::string>()(name),
                 hash_of(value));  // a sum: the order of keys does not count
  }
  return sum;
}

std::string to_text(const ConfigValue& v) {
  std::string out;
  append(out, v);
  return out;
}

std::string to_text(const Config& c) {
  std::string out;
  append(out, c);
  return out;
}

std::string python_repr(double d) {
  if (std::isnan(d)) return "nan";
  if (std::isinf(d)) return d < 0 ? "-inf" : "inf";
  char buffer[32];
  // The shortest digits that read back exactly, as d.ddde-07; laid out below by the rule of
  // Python's float_repr_style 'short': fixed notation for exponents from -4 to 15, with at least
  // one digit behind the point.
  const auto end =
      std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::scientific).ptr;
  const std::string_view text(buffer, static_cast<std::size_t>(end - buffer));
  const std::size_t e = text.find('e');
  const bool negative = text.front() == '-';
  std::string digits;
  for (const char c : text.substr(0, e)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  int exponent = 0;
  const std::size_t sign = e + 1;
  std::from_chars(text.data() + sign + (text[sign] == '+' ? 1 : 0), text.data() + text.size(),
                  exponent);
  std::string out = negative ? "-" : "";
  const int count = static_cast<int>(digits.size());
  if (exponent < -4 || exponent >= 16) {
    out += digits.substr(0, 1);
    if (count > 1) out += "." + digits.substr(1);
    return out +
           fmt::format("e{}{:02d}", exponent < 0 ? '-' : '+', exponent < 0 ? -exponent : exponent);
  }
  if (exponent < 0)
    return out + "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
  if (count <= exponent + 1)
    return out + digits + std::string(static_cast<std::size_t>(exponent + 1 - count), '0') + ".0";
  const std::size_t whole = static_cast<std::size_t>(exponent) + 1;
  return out + digits.substr(0, whole) + "." + digits.substr(whole);
}

}  // namespace weft::detail
