#include "layers/arguments/array_config.hpp"

#include <weft/core/error.h>

#include "core/config_access.hpp"

namespace weft::detail {
namespace {

[[noreturn]] void refuse(const ConfigValue& value, std::string_view who) {
  throw Error(std::string(who) +
              ": this is no array. Expected: a number, a nested list of numbers whose rows are "
              "equally long, "
              "or a dict with class_name \"__numpy__\". Received: " +
              to_text(value));
}

ConfigValue nested(const std::vector<double>& values, const Shape& shape, int axis,
                   std::size_t& next) {
  if (axis == shape.rank()) return values[next++];
  ConfigList list;
  for (std::int64_t i = 0; i < shape[axis]; ++i)
    list.push_back(nested(values, shape, axis + 1, next));
  return make_list(std::move(list));
}

// Appends the numbers of `value`; `shape` is that of the first path to a number, which all others
// must have.
void flatten(const ConfigValue& value, int axis, Shape& shape, bool first, std::vector<double>& out,
             const ConfigValue& whole, std::string_view who) {
  const ConfigKind k = kind(value);
  if (k == ConfigKind::list) {
    const ConfigList& items = list(value);
    if (first) shape.push_back(items.size());
    if (axis >= shape.rank() || shape[axis] != static_cast<std::int64_t>(items.size()))
      refuse(whole, who);
    for (std::size_t i = 0; i < items.size(); ++i)
      flatten(items[i], axis + 1, shape, first && i == 0, out, whole, who);
    return;
  }
  if ((k != ConfigKind::integer && k != ConfigKind::floating) || axis != shape.rank())
    refuse(whole, who);
  out.push_back(floating(value));
}

Tensor from_list(const ConfigValue& value, std::string_view who) {
  Shape shape;
  std::vector<double> values;
  flatten(value, 0, shape, true, values, value, who);
  return Tensor::from(values, shape);
}

}  // namespace

ConfigValue array_to_config(const Tensor& array) {
  std::size_t next = 0;
  const Config inner = {{"value", nested(array.to_vector<double>(), array.shape(), 0, next)},
                        {"dtype", array.dtype()}};
  return Config{{"class_name", "__numpy__"}, {"config", inner}};
}

Tensor array_from_config(const ConfigValue& value, std::string_view who) {
  if (kind(value) != ConfigKind::dict) return from_list(value, who).astype(DType::float32);
  const Config object = value.get<Config>();
  if (!object.contains("class_name") || !object.contains("config")) refuse(value, who);
  const auto class_name = object.get<std::string>("class_name");
  if (class_name != "__numpy__" && class_name != "__tensor__") refuse(value, who);
  const Config inner = object.get<Config>("config");
  if (!inner.contains("value")) refuse(value, who);
  return from_list(inner["value"], who).astype(inner.get<DType>("dtype", DType::float32));
}

}  // namespace weft::detail
