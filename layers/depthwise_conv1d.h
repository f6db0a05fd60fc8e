// layers::DepthwiseConv1D.
#pragma once
#include <weft/layers/convolutional/base_depthwise_conv.h>

namespace weft::layers {

using DepthwiseConv1DOptions = DepthwiseConvOptions;

/// What is behind layers::DepthwiseConv1D.
class DepthwiseConv1DLayer : public BaseDepthwiseConvLayer {
 public:
  DepthwiseConv1DLayer(const ops::Sizes& kernel_size, DepthwiseConvOptions options = {});
};

/// Convolution of each channel by itself: x `[N, L, C]`, kernel `[kernel_size, C,
/// depth_multiplier]`; see BaseDepthwiseConvLayer and ops::depthwise_conv.
struct DepthwiseConv1D : LayerRef<DepthwiseConv1DLayer> {
  using LayerRef::LayerRef;
  DepthwiseConv1D() = default;
  explicit DepthwiseConv1D(const ops::Sizes& kernel_size, DepthwiseConvOptions options = {});
};

}  // namespace weft::layers
