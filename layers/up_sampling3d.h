// layers::UpSampling3D.
#pragma once
#include <weft/core/ops/sizes.h>
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct UpSampling3DOptions {
  std::string data_format = {};  ///< "channels_last" (the default) or "channels_first"
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::UpSampling3D.
class UpSampling3DLayer : public Layer {
 public:
  explicit UpSampling3DLayer(const ops::Sizes& size = 2, UpSampling3DOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  std::vector<std::int64_t> size_;
  std::string data_format_;
};

/// x `[N, D, H, W, C]` (with "channels_first" `[N, C, D, H, W]`) to `[N, size[0] * D, size[1] * H,
/// size[2] * W, C]`: each voxel as a block of equal ones. Throws Error when an argument cannot be,
/// ShapeError when the input has another rank.
struct UpSampling3D : LayerRef<UpSampling3DLayer> {
  using LayerRef::LayerRef;
  explicit UpSampling3D(const ops::Sizes& size = 2, UpSampling3DOptions options = {});
};

}  // namespace weft::layers
