// layers::Cropping3D.
#pragma once
#include <weft/graph/functional/layer.h>
#include <weft/layers/reshaping/margins.h>

namespace weft::layers {

struct Cropping3DOptions {
  /// "channels_last" (the default) or "channels_first". (No plain string: braces around two zeros
  /// would be one.)
  std::optional<std::string> data_format = {};
  WEFT_LAYER_OPTIONS;
};

/// What is behind layers::Cropping3D.
class Cropping3DLayer : public Layer {
 public:
  explicit Cropping3DLayer(const Margins& cropping = 1, Cropping3DOptions options = {});
  void build(const Shape& input_shape);
  Tensor call(const Tensor& inputs);
  Config get_config() const override;

 private:
  std::vector<Margin> cropping_;
  std::string data_format_;
};

/// The middle: x `[N, D, H, W, C]`, each spatial dimension made shorter by its margins; with
/// "channels_first" x is `[N, C, D, H, W]`. `cropping` is one number for all, or for each dimension
/// a number or {before, behind}. Throws Error when an argument cannot be, ShapeError when the input
/// has another rank or nothing would be left.
struct Cropping3D : LayerRef<Cropping3DLayer> {
  using LayerRef::LayerRef;
  explicit Cropping3D(const Margins& cropping = 1, Cropping3DOptions options = {});
};

}  // namespace weft::layers
