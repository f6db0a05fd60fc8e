#include <weft/layers/initializer.h>

#include "core/registration.hpp"
#include "layers/arguments/arg_definitions.hpp"

namespace weft {
namespace detail {

template <>
const char* const argument_kind<Initializer> = "initializer";

template <>
Registry<Initializer>& registry<Initializer>() {
  static Registry<Initializer> all;
  ensure_registered();
  return all;
}

}  // namespace detail

template class Arg<Initializer>;

namespace initializers {

Ref<Initializer> get(std::string_view identifier) {
  return detail::registry<Initializer>().from_id(identifier, "initializer");
}

Ref<Initializer> deserialize(const ConfigValue& config) {
  return detail::deserialize<Initializer>(config, "initializer");
}

}  // namespace initializers
}  // namespace weft
