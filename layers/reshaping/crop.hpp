// The middle of a tensor.
#pragma once
#include <weft/core/tensor.h>
#include <weft/layers/reshaping/margins.h>

#include <string>

namespace weft::layers {

/// x without `margins` of the dimensions from `first` on. Throws ShapeError in Keras's words,
/// beginning with the layer's name, when nothing would be left.
Tensor crop(const std::string& layer, const Tensor& x, int first,
            const std::vector<Margin>& margins);

}  // namespace weft::layers
