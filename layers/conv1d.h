// layers::Conv1D.
#pragma once
#include <weft/layers/convolutional/base_conv.h>

namespace weft::layers {

using Conv1DOptions = ConvOptions;

/// What is behind layers::Conv1D.
class Conv1DLayer : public BaseConvLayer {
 public:
  Conv1DLayer(int filters, const ops::Sizes& kernel_size, ConvOptions options = {});
};

/// Convolution in one dimension: x `[N, L, C]`, kernel `[kernel_size, C / groups, filters]`, y `[N,
/// L of the output, filters]`; see BaseConvLayer and ops::conv. Padding "causal" puts (kernel_size
/// - 1) * dilation_rate zeros before the first step, so that y at a step depends on no later one.
struct Conv1D : LayerRef<Conv1DLayer> {
  using LayerRef::LayerRef;
  Conv1D() = default;
  Conv1D(int filters, const ops::Sizes& kernel_size, ConvOptions options = {});
};

}  // namespace weft::layers
