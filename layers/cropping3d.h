// layers::Cropping3D.
#pragma once
#include <weft/layers/reshaping/base_margins.h>

namespace weft::layers {

using Cropping3DOptions = MarginOptions;

/// What is behind layers::Cropping3D.
class Cropping3DLayer : public BaseCroppingLayer {
 public:
  explicit Cropping3DLayer(const Margins& cropping = 1, Cropping3DOptions options = {});
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
