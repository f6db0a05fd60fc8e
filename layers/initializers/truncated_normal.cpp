#include <weft/core/random.h>
#include <weft/layers/initializers/truncated_normal.h>

#include "layers/arguments/random_initializer.hpp"
#include "layers/arguments/registries.hpp"

namespace weft {
namespace {

class TruncatedNormalInitializer : public detail::RandomInitializer {
 public:
  explicit TruncatedNormalInitializer(const initializers::TruncatedNormalOptions& o)
      : RandomInitializer(o.seed), mean_(o.mean), stddev_(o.stddev) {}
  std::string class_name() const override { return "TruncatedNormal"; }
  Tensor operator()(const Shape& shape, DType dtype) override {
    return random::truncated_normal(
        shape, {.mean = mean_, .stddev = stddev_, .dtype = floating(dtype), .seed = seed()});
  }
  Config get_config() const override {
    return RandomInitializer::get_config().set("mean", mean_).set("stddev", stddev_);
  }

 private:
  double mean_, stddev_;
};

Ref<Initializer> from_config(const Config& c) {
  return initializers::TruncatedNormal({.mean = c.get<double>("mean", 0.0),
                                        .stddev = c.get<double>("stddev", 0.05),
                                        .seed = detail::seed_of(c)});
}

}  // namespace

namespace initializers {
TruncatedNormal::TruncatedNormal(TruncatedNormalOptions options)
    : Ref(std::make_shared<TruncatedNormalInitializer>(options)) {}
}  // namespace initializers

namespace registration {
void initializer_truncated_normal() {
  detail::registry<Initializer>().add("TruncatedNormal", from_config);
}
}  // namespace registration

}  // namespace weft
