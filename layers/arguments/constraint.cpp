#include <weft/layers/constraint.h>

#include "core/registration.hpp"
#include "layers/arguments/arg_definitions.hpp"

namespace weft {
namespace detail {

template <>
const char* const argument_kind<Constraint> = "constraint";

template <>
Registry<Constraint>& registry<Constraint>() {
  static Registry<Constraint> all;
  ensure_registered();
  return all;
}

}  // namespace detail

template class Arg<Constraint>;

namespace constraints {

Ref<Constraint> get(std::string_view identifier) {
  return detail::registry<Constraint>().from_id(identifier, "constraint");
}

Ref<Constraint> deserialize(const ConfigValue& config) {
  return detail::deserialize<Constraint>(config, "constraint");
}

}  // namespace constraints
}  // namespace weft
