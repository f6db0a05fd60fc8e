// layers::Cropping2D.
#pragma once
#include <weft/layers/reshaping/base_margins.h>

namespace weft::layers {

using Cropping2DOptions = MarginOptions;

/// What is behind layers::Cropping2D.
class Cropping2DLayer : public BaseCroppingLayer {
 public:
  explicit Cropping2DLayer(const Margins& cropping = 0, Cropping2DOptions options = {});
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
