#include <weft/core/ops/full.h>
#include <weft/layers/initializers/zeros.h>

#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class ZerosInitializer : public Initializer {
 public:
  std::string class_name() const override { return "Zeros"; }
  std::string module() const override { return "keras.initializers"; }
  Tensor operator()(const Shape& shape, DType dtype) override { return ops::zeros(shape, dtype); }
};

}  // namespace

namespace initializers {
Zeros::Zeros() : Ref(std::make_shared<ZerosInitializer>()) {}
}  // namespace initializers

namespace registration {
void initializer_zeros() {
  detail::registry<Initializer>().add("Zeros", [](const Config&) { return initializers::Zeros(); },
                                      {"zero"});
}
}  // namespace registration

}  // namespace weft
