// layers::Flatten.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct FlattenOptions {
  std::string data_format = {};  ///< "channels_last" (the default) or "channels_first"
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Flatten.
class FlattenLayer : public Layer {
 public:
  explicit FlattenLayer(FlattenOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  std::string data_format_;
};

/// x `[N, a, b, ...]` to `[N, a * b * ...]`, `[N]` to `[N, 1]`; None when one of the dimensions is.
/// With "channels_first" the channels, axis 1, are moved to the end before. Throws Error on another
/// data_format.
struct Flatten : LayerRef<FlattenLayer> {
  using LayerRef::LayerRef;
  explicit Flatten(FlattenOptions options = {});
};

}  // namespace weft::layers
