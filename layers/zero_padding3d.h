// layers::ZeroPadding3D.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/reshaping/margins.h>

namespace weft::layers {

struct ZeroPadding3DOptions {
  /// "channels_last" (the default) or "channels_first". (No plain string: braces around two zeros
  /// would be one.)
  std::optional<std::string> data_format = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::ZeroPadding3D.
class ZeroPadding3DLayer : public Layer {
 public:
  explicit ZeroPadding3DLayer(const Margins& padding = 1, ZeroPadding3DOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  std::vector<Margin> padding_;
  std::string data_format_;
};

/// Zeros around: x `[N, D, H, W, C]`, each spatial dimension made longer by its margins. `padding`
/// is one number for all, or for each dimension a number or {before, behind}; with "channels_first"
/// x is `[N, C, D, H, W]`. Throws Error when an argument cannot be, ShapeError when the input has
/// another rank.
struct ZeroPadding3D : LayerRef<ZeroPadding3DLayer> {
  using LayerRef::LayerRef;
  explicit ZeroPadding3D(const Margins& padding = 1, ZeroPadding3DOptions options = {});
};

}  // namespace weft::layers
