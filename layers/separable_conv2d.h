// layers::SeparableConv2D.
#pragma once
#include <weft/layers/convolutional/base_separable_conv.h>

namespace weft::layers {

using SeparableConv2DOptions = SeparableConvOptions;

/// What is behind layers::SeparableConv2D.
class SeparableConv2DLayer : public BaseSeparableConvLayer {
 public:
  SeparableConv2DLayer(int filters, const ops::Sizes& kernel_size,
                       SeparableConvOptions options = {});
};

/// Convolution of each channel by itself, then across channels: x `[N, H, W, C]`; see
/// BaseSeparableConvLayer and ops::separable_conv.
struct SeparableConv2D : LayerRef<SeparableConv2DLayer> {
  using LayerRef::LayerRef;
  SeparableConv2D() = default;
  SeparableConv2D(int filters, const ops::Sizes& kernel_size, SeparableConvOptions options = {});
};

}  // namespace weft::layers
