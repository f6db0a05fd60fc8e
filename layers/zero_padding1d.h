// layers::ZeroPadding1D.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/reshaping/margins.h>

namespace weft::layers {

struct ZeroPadding1DOptions {
  /// "channels_last" (the default) or "channels_first". (No plain string: braces around two zeros
  /// would be one.)
  std::optional<std::string> data_format = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::ZeroPadding1D.
class ZeroPadding1DLayer : public Layer {
 public:
  explicit ZeroPadding1DLayer(const Margin& padding = 1, ZeroPadding1DOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  Margin padding_;
  std::string data_format_;
};

/// padding = {before, behind} zeros around the steps: x `[N, W, C]` to `[N, before + W + behind,
/// C]`; with "channels_first" x is `[N, C, W]`. Throws Error when an argument cannot be, ShapeError
/// when the input has another rank.
struct ZeroPadding1D : LayerRef<ZeroPadding1DLayer> {
  using LayerRef::LayerRef;
  explicit ZeroPadding1D(const Margin& padding = 1, ZeroPadding1DOptions options = {});
};

}  // namespace weft::layers
