// layers::ZeroPadding3D.
#pragma once
#include <weft/layers/reshaping/base_margins.h>

namespace weft::layers {

using ZeroPadding3DOptions = MarginOptions;

/// What is behind layers::ZeroPadding3D.
class ZeroPadding3DLayer : public BaseZeroPaddingLayer {
 public:
  explicit ZeroPadding3DLayer(const Margins& padding = 1, ZeroPadding3DOptions options = {});
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
