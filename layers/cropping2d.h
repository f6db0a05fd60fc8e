// layers::Cropping2D.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/reshaping/margins.h>

namespace weft::layers {

struct Cropping2DOptions {
  /// "channels_last" (the default) or "channels_first". (No plain string: braces around two zeros
  /// would be one.)
  std::optional<std::string> data_format = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Cropping2D.
class Cropping2DLayer : public Layer {
 public:
  explicit Cropping2DLayer(const Margins& cropping = 0, Cropping2DOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  std::vector<Margin> cropping_;
  std::string data_format_;
};

/// The middle: x `[N, H, W, C]` to `[N, H - top - bottom, W - left - right, C]`; with
/// "channels_first" x is `[N, C, H, W]`. `cropping` is one number for all four, {height, width} or
/// {{top, bottom}, {left, right}}. Throws Error when an argument cannot be, ShapeError when the
/// input has another rank or nothing would be left.
struct Cropping2D : LayerRef<Cropping2DLayer> {
  using LayerRef::LayerRef;
  explicit Cropping2D(const Margins& cropping = 0, Cropping2DOptions options = {});
};

}  // namespace weft::layers
