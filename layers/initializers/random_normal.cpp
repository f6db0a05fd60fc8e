#include <weft/core/random.h>
#include <weft/layers/initializers/random_normal.h>

#include "layers/arguments/random_initializer.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class RandomNormalInitializer : public detail::RandomInitializer {
 public:
  explicit RandomNormalInitializer(const initializers::RandomNormalOptions& o)
      : RandomInitializer(o.seed), mean_(o.mean), stddev_(o.stddev) {}
  std::string class_name() const override { return "RandomNormal"; }
  Tensor operator()(const Shape& shape, DType dtype) override {
    return random::normal(
        shape, {.mean = mean_, .stddev = stddev_, .dtype = floating(dtype), .seed = seed()});
  }
  Config get_config() const override {
    return RandomInitializer::get_config().set("mean", mean_).set("stddev", stddev_);
  }

 private:
  double mean_, stddev_;
};

Ref<Initializer> from_config(const Config& c) {
  return initializers::RandomNormal({.mean = c.get<double>("mean", 0.0),
                                     .stddev = c.get<double>("stddev", 0.05),
                                     .seed = detail::seed_of(c)});
}

}  // namespace

namespace initializers {
RandomNormal::RandomNormal(RandomNormalOptions options)
    : Ref(std::make_shared<RandomNormalInitializer>(options)) {}
}  // namespace initializers

namespace registration {
void initializer_random_normal() {
  detail::registry<Initializer>().add("RandomNormal", from_config, {"normal"});
}
}  // namespace registration

}  // namespace weft
