#include <weft/layers/initializers/he.h>

#include "layers/initializers/variance_scaling.hpp"

namespace weft {
namespace initializers {

HeUniform::HeUniform(SeedOptions options)
    : Ref(detail::named_scaling("HeUniform", 2.0, "fan_in", "uniform", options.seed)) {}
HeNormal::HeNormal(SeedOptions options)
    : Ref(detail::named_scaling("HeNormal", 2.0, "fan_in", "truncated_normal", options.seed)) {}

}  // namespace initializers

namespace registration {
void initializer_he() {
  detail::register_named_scaling("HeUniform", 2.0, "fan_in", "uniform");
  detail::register_named_scaling("HeNormal", 2.0, "fan_in", "truncated_normal");
}
}  // namespace registration

}  // namespace weft
