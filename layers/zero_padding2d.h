// layers::ZeroPadding2D.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/reshaping/margins.h>

namespace weft::layers {

struct ZeroPadding2DOptions {
  /// "channels_last" (the default) or "channels_first". (No plain string: braces around two zeros
  /// would be one.)
  std::optional<std::string> data_format = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::ZeroPadding2D.
class ZeroPadding2DLayer : public Layer {
 public:
  explicit ZeroPadding2DLayer(const Margins& padding = 1, ZeroPadding2DOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  std::vector<Margin> padding_;
  std::string data_format_;
};

/// Zeros around: x `[N, H, W, C]` to `[N, top + H + bottom, left + W + right, C]`. `padding` is one
/// number for all four, {height, width} or {{top, bottom}, {left, right}}; with "channels_first" x
/// is `[N, C, H, W]`. Throws Error when an argument cannot be, ShapeError when the input has
/// another rank.
struct ZeroPadding2D : LayerRef<ZeroPadding2DLayer> {
  using LayerRef::LayerRef;
  explicit ZeroPadding2D(const Margins& padding = 1, ZeroPadding2DOptions options = {});
};

}  // namespace weft::layers
