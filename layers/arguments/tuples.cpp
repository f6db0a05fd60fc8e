#include "layers/arguments/tuples.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <set>

#include "core/config_access.hpp"

namespace weft::layers {
namespace {

std::string as_written(const ops::Sizes& sizes) {
  if (!sizes.given()) return "None";
  if (!sizes.is_list()) return std::to_string(sizes.list()[0]);
  return python_tuple(sizes.list());
}

}  // namespace

std::string python_tuple(const Int64s& values) {
  std::string out;
  for (std::int64_t v : values) out += fmt::format("{}{}", out.empty() ? "" : ", ", v);
  return fmt::format("({}{})", out, values.size() == 1 ? "," : "");
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

Int64s standard_tuple(const char* keras_class, const ops::Sizes& sizes, int rank, const char* name,
                      bool allow_zero) {
  const auto count = static_cast<std::size_t>(rank);
  const std::string text =
      fmt::format("{}: The `{}` argument must be a tuple of {} integers. Received {}={}",
                  keras_class, name, rank, name, as_written(sizes));
  if (!sizes.given() || (sizes.is_list() && sizes.list().size() != count)) throw Error(text);
  const Int64s out = sizes.is_list() ? sizes.list() : Int64s(count, sizes.list()[0]);
  std::set<std::int64_t> wrong;
  for (std::int64_t v : out) {
    if (v < (allow_zero ? 0 : 1)) wrong.insert(v);
  }
  if (wrong.empty()) return out;
  std::string values;
  for (std::int64_t v : wrong) values += fmt::format("{}{}", values.empty() ? "" : ", ", v);
  throw Error(fmt::format("{}, including values {{{}}} that do not satisfy `value {}`", text,
                          values, allow_zero ? ">= 0" : "> 0"));
}

std::string standard_data_format(const char* keras_class, std::string_view data_format) {
  if (data_format.empty()) return "channels_last";
  std::string name = lower(data_format);
  if (name == "channels_last" || name == "channels_first") return name;
  throw Error(
      fmt::format("{}: The `data_format` argument must be one of {{'channels_first', "
                  "'channels_last'}}. Received: data_format={}",
                  keras_class, name));
}

void read_sizes(const Config& c, const char* key, ops::Sizes& sizes) {
  if (!c.contains(key)) return;
  const ConfigValue value = c[key];
  if (value.is_null())
    sizes = {};
  else if (detail::kind(value) == detail::ConfigKind::list)
    sizes = c.get<Int64s>(key);
  else
    sizes = c.get<std::int64_t>(key);
}

std::string data_format_from(const Config& c) {
  if (!c.contains("data_format")) return "";
  return c.get<std::optional<std::string>>("data_format").value_or("");
}

}  // namespace weft::layers
