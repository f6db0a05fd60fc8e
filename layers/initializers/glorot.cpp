#include <weft/layers/initializers/glorot.h>

#include "layers/initializers/variance_scaling.hpp"

namespace weft {
namespace initializers {

GlorotUniform::GlorotUniform(SeedOptions options)
    : Ref(detail::named_scaling("GlorotUniform", 1.0, "fan_avg", "uniform", options.seed)) {}
GlorotNormal::GlorotNormal(SeedOptions options)
    : Ref(detail::named_scaling("GlorotNormal", 1.0, "fan_avg", "truncated_normal", options.seed)) {
}

}  // namespace initializers

namespace registration {
void initializer_glorot() {
  detail::register_named_scaling("GlorotUniform", 1.0, "fan_avg", "uniform");
  detail::register_named_scaling("GlorotNormal", 1.0, "fan_avg", "truncated_normal");
}
}  // namespace registration

}  // namespace weft
