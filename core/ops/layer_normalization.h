// Layer normalization in one op.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// Options of layer_normalization.
struct LayerNormalizationOptions {
  int axes = 1;  ///< how many of x's last axes are normalized together
  double epsilon = 1e-3;
};

/// gamma * (x - mean) / sqrt(variance + epsilon) + beta, mean and biased variance being those of
/// the last axes; gamma and beta have their shape, a null one is left out. Throws ShapeError when
/// they have another shape or x too few axes, DtypeError when x is not floating.
Tensor layer_normalization(const Tensor& x, const Tensor& gamma = {}, const Tensor& beta = {},
                           LayerNormalizationOptions options = {});

}  // namespace weft::ops
