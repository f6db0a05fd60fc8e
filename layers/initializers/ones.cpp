#include <weft/core/ops/full.h>
#include <weft/layers/initializers/ones.h>

#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class OnesInitializer : public Initializer {
 public:
  std::string class_name() const override { return "Ones"; }
  std::string module() const override { return "keras.initializers"; }
  Tensor operator()(const Shape& shape, DType dtype) override { return ops::ones(shape, dtype); }
};

}  // namespace

namespace initializers {
Ones::Ones() : Ref(std::make_shared<OnesInitializer>()) {}
}  // namespace initializers

namespace registration {
void initializer_ones() {
  detail::registry<Initializer>().add("Ones", [](const Config&) { return initializers::Ones(); },
                                      {"one"});
}
}  // namespace registration

}  // namespace weft
