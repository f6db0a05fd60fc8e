// The library's way into Config: walking values of any kind, comparing, hashing, printing.
#pragma once
#include <weft/core/config.h>

#include <cstddef>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace weft::detail {

/// In the order of ConfigData's alternatives, null before them.
enum class ConfigKind { null, boolean, integer, floating, string, list, dict };
using ConfigList = std::vector<ConfigValue>;
using ConfigData = std::variant<bool, std::int64_t, double, std::string, ConfigList, Config>;
using ConfigEntry = std::pair<std::string, ConfigValue>;
using ConfigEntries = std::vector<ConfigEntry>;

struct ConfigAccess {
  /// Null for null.
  static const ConfigData* data(const ConfigValue& v) {
    return static_cast<const ConfigData*>(v.state.get());
  }
  static void set_data(ConfigValue& v, ConfigData data) {
    v.state = std::make_shared<ConfigData>(std::move(data));
  }
  /// Null for an empty config that was never written.
  static const ConfigEntries* entries(const Config& c) {
    return static_cast<const ConfigEntries*>(c.state.get());
  }
  /// For writing: makes the entries this config's own first.
  static ConfigEntries& own_entries(Config& c);
};

ConfigKind kind(const ConfigValue& v);
/// "an integer", "a string", ...: for errors.
std::string_view kind_name(ConfigKind kind);

// Each throws Error when the value is of another kind. The references live as long as any copy of
// the value.
bool boolean(const ConfigValue& v);
std::int64_t integer(const ConfigValue& v);
/// Of an integer too.
double floating(const ConfigValue& v);
const std::string& string(const ConfigValue& v);
const ConfigList& list(const ConfigValue& v);
const Config& dict(const ConfigValue& v);

/// All keys and values in order.
const ConfigEntries& entries(const Config& c);
/// The value of a key; null pointer when it is not there.
const ConfigValue* find(const Config& c, std::string_view key);
/// A config of these entries, which must have distinct keys: linear, unlike repeated set().
Config make_config(ConfigEntries entries);
ConfigValue make_list(ConfigList list);

/// Exact equality: kinds count (1 is not 1.0), NaN equals NaN, -0.0 is not 0.0, the order of keys
/// does not count.
bool same(const ConfigValue& a, const ConfigValue& b);
bool same(const Config& a, const Config& b);
/// Equal for configs that are the same().
std::size_t hash_of(const ConfigValue& v);
std::size_t hash_of(const Config& c);

/// A short one-line dump as Python prints a dict: {'units': 3, 'axes': [1, 2], 'rate': 0.5, 'name':
/// None}.
std::string to_text(const ConfigValue& v);
std::string to_text(const Config& c);

/// A double as Python's repr prints it: 0.001, 1e-07, 1.0, nan, inf. The shortest digits that read
/// back to the same double.
std::string python_repr(double d);

}  // namespace weft::detail
