#include "layers/arguments/tuples.hpp"

#include <fmt/format.h>
#include <weft/core/error.h>

#include <set>

#include "core/config_access.hpp"

namespace weft::detail {
namespace {

std::string joined(const auto& values) {
  std::string out;
  for (std::int64_t v : values) out += fmt::format("{}{}", out.empty() ? "" : ", ", v);
  return out;
}

std::string as_written(const ops::Sizes& sizes) {
  if (!sizes.given()) return "None";
  return sizes.is_list() ? python_tuple(sizes.list()) : std::to_string(sizes.list()[0]);
}

}  // namespace

std::string python_tuple(const std::vector<std::int64_t>& values) {
  return fmt::format("({}{})", joined(values), values.size() == 1 ? "," : "");
}

std::vector<std::int64_t> tuple_of(const char* keras_class, const ops::Sizes& sizes, int rank,
                                   const char* name, bool allow_zero) {
  const auto count = static_cast<std::size_t>(rank);
  const std::string text =
      fmt::format("{}: The `{}` argument must be a tuple of {} integers. Received {}={}",
                  keras_class, name, rank, name, as_written(sizes));
  if (!sizes.given() || (sizes.is_list() && sizes.list().size() != count)) throw Error(text);
  std::vector<std::int64_t> out = sizes.list();
  if (!sizes.is_list()) out.assign(count, out[0]);
  std::set<std::int64_t> wrong;
  for (std::int64_t v : out) {
    if (v < (allow_zero ? 0 : 1)) wrong.insert(v);
  }
  if (wrong.empty()) return out;
  throw Error(fmt::format("{}, including values {{{}}} that do not satisfy `value {}`", text,
                          joined(wrong), allow_zero ? ">= 0" : "> 0"));
}

std::string data_format_of(const char* keras_class, const std::string& data_format) {
  if (data_format.empty()) return "channels_last";
  std::string name = data_format;
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (name == "channels_last" || name == "channels_first") return name;
  throw Error(
      fmt::format("{}: The `data_format` argument must be one of {{'channels_first', "
                  "'channels_last'}}. Received: data_format={}",
                  keras_class, name));
}

ops::Sizes sizes_from(const Config& config, const char* key) {
  if (!config.contains(key) || config[key].is_null()) return {};
  if (kind(config[key]) == ConfigKind::list) return config.get<std::vector<std::int64_t>>(key);
  return config.get<std::int64_t>(key);
}

std::string data_format_from(const Config& config) {
  if (!config.contains("data_format")) return "";
  return config.get<std::optional<std::string>>("data_format").value_or("");
}

}  // namespace weft::detail
