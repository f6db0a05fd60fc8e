#include <weft/layers/initializers/identity.h>

#include <algorithm>

#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class IdentityInitializer : public Initializer {
 public:
  explicit IdentityInitializer(double gain) : gain_(gain) {}
  std::string class_name() const override { return "Identity"; }
  std::string module() const override { return "keras.initializers"; }
  Tensor operator()(const Shape& shape, DType dtype) override {
    if (shape.rank() != 2) {
      throw ShapeError(
          "Identity matrix initializer can only be used for 2D matrices. Received: shape=" +
          shape.to_string() + " of rank " + std::to_string(shape.rank()) + ".");
    }
    const auto columns = static_cast<std::size_t>(static_cast<std::int64_t>(shape[1]));
    const auto rows = static_cast<std::size_t>(static_cast<std::int64_t>(shape[0]));
    std::vector<double> values(rows * columns);
    for (std::size_t i = 0; i < std::min(rows, columns); ++i) values[i * columns + i] = gain_;
    return Tensor::from(values, shape).astype(dtype);
  }
  // Keras itself drops the gain; a reader of ours keeps it, and Keras's takes the key.
  Config get_config() const override { return gain_ == 1.0 ? Config() : Config{{"gain", gain_}}; }

 private:
  double gain_;
};

}  // namespace

namespace initializers {
Identity::Identity(IdentityOptions options)
    : Ref(std::make_shared<IdentityInitializer>(options.gain)) {}
}  // namespace initializers

namespace registration {
void initializer_identity() {
  detail::registry<Initializer>().add(
      "Identity",
      [](const Config& c) { return initializers::Identity({.gain = c.get<double>("gain", 1.0)}); },
      {"IdentityInitializer"});
}
}  // namespace registration

}  // namespace weft
