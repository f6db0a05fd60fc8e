// Shapes of several tensors, and how texts show them.
#pragma once
#include <weft/core/shape.h>
#include <weft/core/tensor.h>

#include <string>
#include <vector>

namespace weft::detail {

/// Of a null tensor: ().
std::vector<Shape> shapes_of(const std::vector<Tensor>& tensors);
/// "(None, 3), (None, 4)".
std::string shapes_text(const std::vector<Shape>& shapes);
/// The same; "null" for a null tensor.
std::string shapes_text(const std::vector<Tensor>& tensors);
/// "[(None, 3), (None, 4)]".
std::string shape_list(const std::vector<Shape>& shapes);

/// `[N, a, b]` -> `[a, b]`.
Shape without_batch(const Shape& shape);

}  // namespace weft::detail
