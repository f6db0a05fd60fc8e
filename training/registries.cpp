#include "training/registries.hpp"

#include <cxxabi.h>

#include <cstdlib>

#include "core/registration.hpp"

namespace weft::detail {

template <>
Registry<Loss>& registry<Loss>() {
  static Registry<Loss> all;
  ensure_registered();
  return all;
}

template <>
Registry<Metric>& registry<Metric>() {
  static Registry<Metric> all;
  ensure_registered();
  return all;
}

template <>
Registry<Optimizer>& registry<Optimizer>() {
  static Registry<Optimizer> all;
  ensure_registered();
  return all;
}

template <>
Registry<Schedule>& registry<Schedule>() {
  static Registry<Schedule> all;
  ensure_registered();
  return all;
}

std::string automatic_name(const std::type_info& type) {
  int status = 0;
  char* readable = abi::__cxa_demangle(type.name(), nullptr, nullptr, &status);
  std::string name = status == 0 ? readable : type.name();
  std::free(readable);
  // "my::(anonymous namespace)::Own" and "test()::Own" -> "Own"; what follows '<' are template
  // arguments.
  if (const auto arguments = name.find('<'); arguments != std::string::npos) name.resize(arguments);
  if (const auto last = name.rfind("::"); last != std::string::npos) name.erase(0, last + 2);
  return auto_name(snake_case(name));
}

std::string text_or(const Config& config, std::string_view key, const char* otherwise) {
  if (!config.contains(key) || config[key].is_null()) return otherwise;
  return config.get<std::string>(key);
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

DType dtype_or_policy(const ConfigValue& value) {
  if (kind(value) != ConfigKind::dict) return value.is_null() ? DType() : value.get<DType>();
  return value.get<Config>().get<Config>("config").get<DType>("name");
}

}  // namespace weft::detail
