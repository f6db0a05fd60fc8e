#include <weft/core/random.h>
#include <weft/layers/initializers/random_uniform.h>

#include "layers/arguments/random_initializer.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class RandomUniformInitializer : public detail::RandomInitializer {
 public:
  explicit RandomUniformInitializer(const initializers::RandomUniformOptions& o)
      : RandomInitializer(o.seed), minval_(o.minval), maxval_(o.maxval) {}
  std::string class_name() const override { return "RandomUniform"; }
  Tensor operator()(const Shape& shape, DType dtype) override {
    return random::uniform(
        shape, {.minval = minval_, .maxval = maxval_, .dtype = floating(dtype), .seed = seed()});
  }
  Config get_config() const override {
    return RandomInitializer::get_config().set("minval", minval_).set("maxval", maxval_);
  }

 private:
  double minval_, maxval_;
};

Ref<Initializer> from_config(const Config& c) {
  return initializers::RandomUniform({.minval = c.get<double>("minval", -0.05),
                                      .maxval = c.get<double>("maxval", 0.05),
                                      .seed = detail::seed_of(c)});
}

}  // namespace

namespace initializers {
RandomUniform::RandomUniform(RandomUniformOptions options)
    : Ref(std::make_shared<RandomUniformInitializer>(options)) {}
}  // namespace initializers

namespace registration {
void initializer_random_uniform() {
  detail::registry<Initializer>().add("RandomUniform", from_config, {"uniform"});
}
}  // namespace registration

}  // namespace weft
