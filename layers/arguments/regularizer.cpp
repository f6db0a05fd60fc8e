#include <weft/layers/regularizer.h>

#include "core/registration.hpp"
#include "layers/arguments/arg_definitions.hpp"

namespace weft {
namespace detail {

template <>
const char* const argument_kind<Regularizer> = "regularizer";

template <>
Registry<Regularizer>& registry<Regularizer>() {
  static Registry<Regularizer> all;
  ensure_registered();
  return all;
}

}  // namespace detail

template class Arg<Regularizer>;

namespace regularizers {

Ref<Regularizer> get(std::string_view identifier) {
  return detail::registry<Regularizer>().from_id(identifier, "regularizer");
}

Ref<Regularizer> deserialize(const ConfigValue& config) {
  return detail::deserialize<Regularizer>(config, "regularizer");
}

}  // namespace regularizers
}  // namespace weft
