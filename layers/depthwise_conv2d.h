// layers::DepthwiseConv2D.
#pragma once
#include <weft/layers/convolutional/base_depthwise_conv.h>

namespace weft::layers {

using DepthwiseConv2DOptions = DepthwiseConvOptions;

/// What is behind layers::DepthwiseConv2D.
class DepthwiseConv2DLayer : public BaseDepthwiseConvLayer {
 public:
  DepthwiseConv2DLayer(const ops::Sizes& kernel_size, DepthwiseConvOptions options = {});
};

/// Convolution of each channel by itself: x `[N, H, W, C]`, kernel `[kh, kw, C, depth_multiplier]`;
/// see BaseDepthwiseConvLayer and ops::depthwise_conv.
struct DepthwiseConv2D : LayerRef<DepthwiseConv2DLayer> {
  using LayerRef::LayerRef;
  DepthwiseConv2D() = default;
  explicit DepthwiseConv2D(const ops::Sizes& kernel_size, DepthwiseConvOptions options = {});
};

}  // namespace weft::layers
