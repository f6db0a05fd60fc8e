#include <fmt/core.h>
#include <weft/core/config.h>
#include <weft/core/error.h>

#include <algorithm>

#include "core/config_access.hpp"

namespace weft {
namespace {

using detail::ConfigAccess;
using detail::ConfigKind;

/// A value in an error: short even when it is a whole model.
std::string shown(const ConfigValue& v) {
  constexpr std::size_t kMaxShown = 80;
  std::string text = detail::to_text(v);
  if (text.size() > kMaxShown) text = text.substr(0, kMaxShown) + "...";
  const ConfigKind kind = detail::kind(v);
  return kind == ConfigKind::null ? "None" : fmt::format("{} ({})", text, detail::kind_name(kind));
}

[[noreturn]] void wrong(const ConfigValue& v, std::string_view key, std::string_view expected) {
  const std::string where = key.empty() ? "a value has" : fmt::format("key '{}' has", key);
  throw Error(fmt::format("Config: {} the wrong kind. Expected: {}. Received: {}", where, expected,
                          shown(v)));
}

/// The values of a list, also of Keras 2's {"class_name": "__tuple__", "items": [...]}; null for
/// anything else.
const detail::ConfigList* items_of(const ConfigValue& v) {
  if (detail::kind(v) == ConfigKind::list) return &detail::list(v);
  if (detail::kind(v) != ConfigKind::dict) return nullptr;
  const ConfigValue* name = detail::find(detail::dict(v), "class_name");
  const ConfigValue* items = detail::find(detail::dict(v), "items");
  const bool tuple =
      name != nullptr && items != nullptr && detail::kind(*name) == ConfigKind::string &&
      detail::string(*name) == "__tuple__" && detail::kind(*items) == ConfigKind::list;
  return tuple ? &detail::list(*items) : nullptr;
}

}  // namespace

// ------------------------------------------------------------------------------------------------
// making values

ConfigValue::ConfigValue(Dim d) {
  if (d.known()) set_integer(d);
}

ConfigValue::ConfigValue(DType d) {
  if (d.code() != DType::undefined) set_string(d.name());
}

ConfigValue::ConfigValue(const Shape& s) {
  std::vector<ConfigValue> list;
  list.reserve(static_cast<std::size_t>(s.rank()));
  for (Dim d : s) list.emplace_back(d);
  set_list(std::move(list));
}

ConfigValue::ConfigValue(const Config& c) { ConfigAccess::set_data(*this, c); }

void ConfigValue::set_boolean(bool b) { ConfigAccess::set_data(*this, b); }
void ConfigValue::set_integer(std::int64_t i) { ConfigAccess::set_data(*this, i); }
void ConfigValue::set_unsigned(std::uint64_t u) {
  if (u > static_cast<std::uint64_t>(INT64_MAX)) {
    throw Error(fmt::format("Config: integer out of range. Expected: at most {}. Received: {}",
                            INT64_MAX, u));
  }
  set_integer(static_cast<std::int64_t>(u));
}
void ConfigValue::set_floating(double d) { ConfigAccess::set_data(*this, d); }
void ConfigValue::set_string(std::string_view s) { ConfigAccess::set_data(*this, std::string(s)); }
void ConfigValue::set_list(std::vector<ConfigValue> list) {
  ConfigAccess::set_data(*this, std::move(list));
}

ConfigItem::ConfigItem(std::initializer_list<ConfigItem> list) {
  detail::ConfigList values;
  values.reserve(list.size());
  for (const ConfigItem& item : list) values.push_back(item.value);
  value = detail::make_list(std::move(values));
}

// ------------------------------------------------------------------------------------------------
// reading values

bool ConfigValue::read_boolean(std::string_view key) const {
  if (detail::kind(*this) != ConfigKind::boolean) wrong(*this, key, "True or False");
  return detail::boolean(*this);
}

std::int64_t ConfigValue::read_integer(std::string_view key, std::int64_t low,
                                       std::int64_t high) const {
  if (detail::kind(*this) != ConfigKind::integer) wrong(*this, key, "an integer");
  const std::int64_t i = detail::integer(*this);
  if (i < low || i > high) wrong(*this, key, fmt::format("an integer from {} to {}", low, high));
  return i;
}

double ConfigValue::read_floating(std::string_view key) const {
  const ConfigKind kind = detail::kind(*this);
  if (kind != ConfigKind::floating && kind != ConfigKind::integer) wrong(*this, key, "a number");
  return detail::floating(*this);
}

std::string ConfigValue::read_string(std::string_view key) const {
  if (detail::kind(*this) != ConfigKind::string) wrong(*this, key, "a string");
  return detail::string(*this);
}

Dim ConfigValue::read_dim(std::string_view key) const {
  if (is_null()) return None;
  if (detail::kind(*this) != ConfigKind::integer) wrong(*this, key, "an integer or None");
  return detail::integer(*this);
}

DType ConfigValue::read_dtype(std::string_view key) const {
  if (is_null()) return {};
  if (detail::kind(*this) == ConfigKind::string) return DType(detail::string(*this));
  // A layer's config may hold a policy object, {"class_name": "DTypePolicy", "config": {"name":
  // "float32"}, ...}.
  if (detail::kind(*this) == ConfigKind::dict) {
    const ConfigValue* config = detail::find(detail::dict(*this), "config");
    if (config != nullptr && detail::kind(*config) == ConfigKind::dict) {
      const ConfigValue* name = detail::find(detail::dict(*config), "name");
      if (name != nullptr && detail::kind(*name) == ConfigKind::string)
        return DType(detail::string(*name));
    }
  }
  wrong(*this, key, "the name of a dtype");
}

Shape ConfigValue::read_shape(std::string_view key) const {
  constexpr std::string_view kExpected = "a shape, a list of at most 8 integers and None";
  const detail::ConfigList* items = items_of(*this);
  if (items == nullptr || items->size() > Shape::max_rank) wrong(*this, key, kExpected);
  Shape shape;
  for (const ConfigValue& one : *items) {
    const ConfigKind kind = detail::kind(one);
    if (kind != ConfigKind::null && kind != ConfigKind::integer) wrong(*this, key, kExpected);
    shape.push_back(one.read_dim(key));
  }
  return shape;
}

Config ConfigValue::read_config(std::string_view key) const {
  if (detail::kind(*this) != ConfigKind::dict) wrong(*this, key, "a dict");
  return detail::dict(*this);
}

std::vector<ConfigValue> ConfigValue::read_list(std::string_view key) const {
  const detail::ConfigList* items = items_of(*this);
  if (items == nullptr) wrong(*this, key, "a list");
  return *items;
}

// ------------------------------------------------------------------------------------------------
// Config

Config::Config(std::initializer_list<Named<ConfigItem>> entries) {
  for (const Named<ConfigItem>& entry : entries) set(entry.name, entry.value);
}

ConfigValue Config::operator[](std::string_view key) const {
  if (const ConfigValue* value = detail::find(*this, key)) return *value;
  std::string names;
  for (const std::string& name : keys()) {
    names += names.empty() ? "" : ", ";
    names += fmt::format("'{}'", name);
  }
  throw Error(fmt::format("Config: no key '{}'. Existing keys: [{}]", key, names));
}

bool Config::contains(std::string_view key) const { return detail::find(*this, key) != nullptr; }

std::vector<std::string> Config::keys() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : detail::entries(*this)) names.push_back(name);
  return names;
}

int Config::size() const { return static_cast<int>(detail::entries(*this).size()); }

Config& Config::set(std::string_view key, ConfigItem item) & {
  detail::ConfigEntries& entries = ConfigAccess::own_entries(*this);
  const auto at =
      std::find_if(entries.begin(), entries.end(), [&](const auto& e) { return e.first == key; });
  if (at != entries.end()) {
    at->second = std::move(item.value);
  } else {
    entries.emplace_back(key, std::move(item.value));
  }
  return *this;
}

Config Config::set(std::string_view key, ConfigItem item) && {
  set(key, std::move(item));  // the & overload: *this is an lvalue
  return std::move(*this);
}

Config& Config::erase(std::string_view key) & {
  if (contains(key))
    std::erase_if(ConfigAccess::own_entries(*this), [&](const auto& e) { return e.first == key; });
  return *this;
}

Config Config::erase(std::string_view key) && {
  erase(key);
  return std::move(*this);
}

Config& Config::merge(const Config& over) & {
  if (&over == this) return *this;  // setting changes what is walked
  for (const auto& [name, value] : detail::entries(over)) set(name, value);
  return *this;
}

Config Config::merge(const Config& over) && {
  merge(over);
  return std::move(*this);
}

}  // namespace weft
