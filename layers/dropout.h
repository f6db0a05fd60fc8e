// layers::Dropout.
#pragma once
#include <weft/core/random.h>
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct DropoutOptions {
  MaybeShape noise_shape = {};  ///< of the pattern, broadcast to the input: {None, 1, 8} drops
                                ///< whole columns; None: the input's
  std::optional<std::int64_t> seed = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Dropout.
class DropoutLayer : public Layer {
 public:
  explicit DropoutLayer(double rate, DropoutOptions options = {});
  Tensor call(const Tensor& inputs, bool training);
  Config get_config() const override;

 private:
  double rate_;
  DropoutOptions options_;
  std::optional<SeedGenerator> seed_generator_;
};

/// In training each element becomes 0 with probability `rate`, and the others are divided by 1 -
/// rate; elsewhere y = x. Throws Error unless 0 <= rate <= 1 and the dimensions of noise_shape are
/// positive or None.
struct Dropout : LayerRef<DropoutLayer> {
  using LayerRef::LayerRef;
  Dropout() = default;
  explicit Dropout(double rate, DropoutOptions options = {});
};

}  // namespace weft::layers
