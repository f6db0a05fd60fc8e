// layers::GaussianNoise.
#pragma once
#include <weft/core/random.h>
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct GaussianNoiseOptions {
  std::optional<std::int64_t> seed = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::GaussianNoise.
class GaussianNoiseLayer : public Layer {
 public:
  explicit GaussianNoiseLayer(double stddev, GaussianNoiseOptions options = {});
  Tensor call(const Tensor& inputs, bool training);
  Config get_config() const override;

 private:
  double stddev_;
  GaussianNoiseOptions options_;
  std::optional<SeedGenerator> seed_generator_;
};

/// In training x plus numbers from a normal distribution with mean 0 and this standard deviation;
/// elsewhere y = x. Throws Error unless 0 <= stddev <= 1.
struct GaussianNoise : LayerRef<GaussianNoiseLayer> {
  using LayerRef::LayerRef;
  GaussianNoise() = default;
  explicit GaussianNoise(double stddev, GaussianNoiseOptions options = {});
};

}  // namespace weft::layers
