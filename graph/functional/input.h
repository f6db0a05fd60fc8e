// Input: where a graph of layers begins.
#pragma once
#include <weft/core/tensor.h>

#include <optional>
#include <string>

namespace weft {

/// Of Input.
struct InputOptions {
  std::optional<int> batch_size = {};  ///< absent: any
  DType dtype = {};                    ///< absent: floatx()
  std::string name = {};               ///< absent: input_layer, input_layer_1, ...
  bool optional = false;               ///< a model may be called with a null tensor here
};

/// A functional tensor [N, shape...]; dimensions may be None. One signature only:
/// Input(InputOptions) would make {784} ambiguous.
Tensor Input(const Shape& shape, InputOptions options = {});

}  // namespace weft
