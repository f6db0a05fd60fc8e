// layers::ZeroPadding2D.
#pragma once
#include <weft/layers/reshaping/base_margins.h>

namespace weft::layers {

using ZeroPadding2DOptions = MarginOptions;

/// What is behind layers::ZeroPadding2D.
class ZeroPadding2DLayer : public BaseZeroPaddingLayer {
 public:
  explicit ZeroPadding2DLayer(const Margins& padding = 1, ZeroPadding2DOptions options = {});
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
