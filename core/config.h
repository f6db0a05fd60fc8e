// Config: what get_config returns and a file revives a layer from; an ordered dict of plain values.
#pragma once
#include <weft/core/dtype.h>
#include <weft/core/shape.h>
#include <weft/core/structures.h>

#include <limits>

namespace weft {

class Config;

namespace detail {
struct ConfigAccess;  // the library's way in; core/config_access.hpp
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
}  // namespace detail

/// A value in a Config: null, bool, integer, floating-point number, string, list or dict.
/// Immutable. No constructor from braces (a copy on one compiler would be a list of one on
/// another): ConfigItem makes lists of them.
class ConfigValue : detail::State {
 public:
  ConfigValue() = default;  ///< null
  // The conversions are implicit on purpose: a config is written as {{"units", 3}, {"activation",
  // "relu"}}.
  template <Null N>
  ConfigValue(N) {}
  ConfigValue(std::nullopt_t) {}
  template <class N>
  requires std::is_arithmetic_v<N> ConfigValue(N n) {
    if constexpr (std::is_same_v<N, bool>) {
      set_boolean(n);
    } else if constexpr (std::is_floating_point_v<N>) {
      set_floating(static_cast<double>(n));
    } else if constexpr (std::is_unsigned_v<N>) {
      set_unsigned(n);
    } else {
      set_integer(n);
    }
  }
  template <Text S>
  ConfigValue(S s) {
    set_string(s);
  }
  template <class V>
  requires std::convertible_to<V, ConfigValue> ConfigValue(const std::vector<V>& list) {
    std::vector<ConfigValue> values;
    values.reserve(list.size());
    for (const auto& one : list) values.push_back(static_cast<V>(one));
    set_list(std::move(values));
  }
  template <class V>
  requires std::convertible_to<V, ConfigValue> ConfigValue(const std::optional<V>& o) {
    if (o) *this = *o;
  }
  ConfigValue(Dim d);           // null when None
  ConfigValue(DType d);         // its name; null when undefined
  ConfigValue(const Shape& s);  // a list of integers and nulls
  ConfigValue(const Config& c);

  bool is_null() const { return state == nullptr; }
  /// The value as T: bool, an integer or floating-point type, std::string, Dim, DType, Shape,
  /// Config, ConfigValue, and std::vector and std::optional of these (null is nullopt). Integers
  /// convert to floating-point types, nothing else converts. Throws Error on another kind or an
  /// integer out of T's range. Never implicit.
  template <class T>
  T get() const {
    return read<T>({});
  }

 private:
  friend class Config;
  friend struct detail::ConfigAccess;
  friend struct detail::Access;
  template <class T>
  T read(std::string_view key) const;  // `key`: for the error
  void set_boolean(bool b);
  void set_integer(std::int64_t i);
  void set_unsigned(std::uint64_t u);
  void set_floating(double d);
  void set_string(std::string_view s);
  void set_list(std::vector<ConfigValue> list);
  bool read_boolean(std::string_view key) const;
  std::int64_t read_integer(std::string_view key, std::int64_t low, std::int64_t high) const;
  double read_floating(std::string_view key) const;
  std::string read_string(std::string_view key) const;
  Dim read_dim(std::string_view key) const;
  DType read_dtype(std::string_view key) const;
  Shape read_shape(std::string_view key) const;
  Config read_config(std::string_view key) const;
  std::vector<ConfigValue> read_list(std::string_view key) const;
};

/// What stands beside a key: a value, or a braced list of values. A dict in a dict is written
/// Config{...}: {{"a", 1}} is a list of lists, and {} an empty list.
class ConfigItem {
 public:
  template <class V>
  requires std::constructible_from<ConfigValue, V> ConfigItem(V v) : value(std::move(v)) {}
  ConfigItem(std::initializer_list<ConfigItem> list);
  ConfigValue value;
};

/// An ordered dict from names to values. A value itself: copies are cheap, and changing one leaves
/// the others alone.
class Config : detail::State {
 public:
  Config() = default;
  /// {{"units", 3}, {"axes", {1, 2}}, {"inner", Config{{"a", 1}}}}; of two equal keys the last
  /// wins.
  Config(std::initializer_list<Named<ConfigItem>> entries);
  /// Throws Error naming the keys there are.
  ConfigValue operator[](std::string_view key) const;
  bool contains(std::string_view key) const;
  /// In the order in which they were set.
  std::vector<std::string> keys() const;
  int size() const;
  /// Adds the key at the end, or replaces its value in place.
  Config& set(std::string_view key, ConfigItem value) &;
  Config set(std::string_view key,
             ConfigItem value) &&;  // return Layer::get_config().set("units", units_);
  /// Removes the key if it is there.
  Config& erase(std::string_view key) &;
  Config erase(std::string_view key) &&;
  /// Sets all of `over`'s keys (not recursively).
  Config& merge(const Config& over) &;
  Config merge(const Config& over) &&;
  /// The value of a key as T (see ConfigValue::get); errors name the key.
  template <class T>
  T get(std::string_view key) const {
    return (*this)[key].template read<T>(key);
  }
  /// The same, or `otherwise` when the key is not there. A null that is there is a value, of
  /// std::optional<T>.
  template <class T>
  T get(std::string_view key, std::type_identity_t<T> otherwise) const {
    return contains(key) ? get<T>(key) : otherwise;
  }

 private:
  friend struct detail::ConfigAccess;
  friend struct detail::Access;
};

template <class T>
T ConfigValue::read(std::string_view key) const {
  if constexpr (std::is_same_v<T, ConfigValue>) {
    return *this;
  } else if constexpr (std::is_same_v<T, bool>) {
    return read_boolean(key);
  } else if constexpr (std::is_integral_v<T>) {
    // An unsigned 64-bit number beyond int64 is not kept as an integer.
    constexpr bool wide = std::is_unsigned_v<T> && sizeof(T) == 8;
    constexpr std::int64_t high =
        wide ? INT64_MAX : static_cast<std::int64_t>(std::numeric_limits<T>::max());
    return static_cast<T>(
        read_integer(key, static_cast<std::int64_t>(std::numeric_limits<T>::min()), high));
  } else if constexpr (std::is_floating_point_v<T>) {
    return static_cast<T>(read_floating(key));
  } else if constexpr (std::is_same_v<T, std::string>) {
    return read_string(key);
  } else if constexpr (std::is_same_v<T, Dim>) {
    return read_dim(key);
  } else if constexpr (std::is_same_v<T, DType>) {
    return read_dtype(key);
  } else if constexpr (std::is_same_v<T, Shape>) {
    return read_shape(key);
  } else if constexpr (std::is_same_v<T, Config>) {
    return read_config(key);
  } else if constexpr (detail::is_vector<T>) {
    T out;
    for (const ConfigValue& one : read_list(key))
      out.push_back(one.read<typename T::value_type>(key));
    return out;
  } else if constexpr (detail::is_optional<T>) {
    if (is_null()) return std::nullopt;
    return read<typename T::value_type>(key);
  } else {
    static_assert(!sizeof(T),
                  "weft: a Config holds bool, numbers, std::string, Dim, DType, Shape, Config, and "
                  "std::vector and "
                  "std::optional of these");
  }
}

}  // namespace weft
