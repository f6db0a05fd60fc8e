// layers::UpSampling2D.
#pragma once
#include <weft/core/ops/sizes.h>
#include <weft/graph/functional/layer.h>

namespace weft::layers {

struct UpSampling2DOptions {
  std::string data_format = {};           ///< "channels_last" (the default) or "channels_first"
  std::string interpolation = "nearest";  ///< or "bilinear", "bicubic", "lanczos3", "lanczos5"
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::UpSampling2D.
class UpSampling2DLayer : public Layer {
 public:
  explicit UpSampling2DLayer(const ops::Sizes& size = 2, UpSampling2DOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  std::vector<std::int64_t> size_;
  std::string data_format_, interpolation_;
};

/// x `[N, H, W, C]` (with "channels_first" `[N, C, H, W]`) to `[N, size[0] * H, size[1] * W, C]`:
/// each pixel as a block of equal ones, or by interpolation (see ops::interpolate). Throws Error
/// when an argument cannot be, ShapeError when the input has another rank.
struct UpSampling2D : LayerRef<UpSampling2DLayer> {
  using LayerRef::LayerRef;
  explicit UpSampling2D(const ops::Sizes& size = 2, UpSampling2DOptions options = {});
};

}  // namespace weft::layers
