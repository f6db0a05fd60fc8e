#include <weft/layers/initializers/lecun.h>

#include "layers/initializers/variance_scaling.hpp"

namespace weft {
namespace initializers {

LecunUniform::LecunUniform(SeedOptions options)
    : Ref(detail::named_scaling("LecunUniform", 1.0, "fan_in", "uniform", options.seed)) {}
LecunNormal::LecunNormal(SeedOptions options)
    : Ref(detail::named_scaling("LecunNormal", 1.0, "fan_in", "truncated_normal", options.seed)) {}

}  // namespace initializers

namespace registration {
void initializer_lecun() {
  detail::register_named_scaling("LecunUniform", 1.0, "fan_in", "uniform");
  detail::register_named_scaling("LecunNormal", 1.0, "fan_in", "truncated_normal");
}
}  // namespace registration

}  // namespace weft
