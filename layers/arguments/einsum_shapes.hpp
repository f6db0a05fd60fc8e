// The shapes of EinsumDense's weights, from its equation.
#pragma once
#include <weft/core/shape.h>

#include <optional>
#include <string>
#include <vector>

namespace weft::detail {

struct EinsumShapes {
  Shape kernel;
  std::optional<Shape> bias;
  std::vector<int> input_axes, output_axes;  ///< of the kernel
};

/// `partial` is the output's shape without the batch and the axes of `...`. Throws Error and
/// ShapeError in Keras's words, with `name` before them.
EinsumShapes einsum_shapes(const std::string& name, const std::string& equation,
                           const std::optional<std::string>& bias_axes, const Shape& input,
                           const Shape& partial);

}  // namespace weft::detail
