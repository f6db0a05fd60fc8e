// layers::SeparableConv1D.
#pragma once
#include <weft/layers/convolutional/base_separable_conv.h>

namespace weft::layers {

using SeparableConv1DOptions = SeparableConvOptions;

/// What is behind layers::SeparableConv1D.
class SeparableConv1DLayer : public BaseSeparableConvLayer {
 public:
  SeparableConv1DLayer(int filters, const ops::Sizes& kernel_size,
                       SeparableConvOptions options = {});
};

/// Convolution of each channel by itself, then across channels: x `[N, L, C]`; see
/// BaseSeparableConvLayer and ops::separable_conv.
struct SeparableConv1D : LayerRef<SeparableConv1DLayer> {
  using LayerRef::LayerRef;
  SeparableConv1D() = default;
  SeparableConv1D(int filters, const ops::Sizes& kernel_size, SeparableConvOptions options = {});
};

}  // namespace weft::layers
