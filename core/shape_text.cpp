#include "core/shape_text.hpp"

namespace weft::detail {

std::vector<Shape> shapes_of(const std::vector<Tensor>& tensors) {
  std::vector<Shape> out;
  for (const Tensor& t : tensors) out.push_back(t ? t.shape() : Shape());
  return out;
}

std::string shapes_text(const std::vector<Shape>& shapes) {
  std::string all;
  for (const Shape& s : shapes) all += (all.empty() ? "" : ", ") + s.to_string();
  return all;
}

std::string shapes_text(const std::vector<Tensor>& tensors) {
  std::string all;
  for (const Tensor& t : tensors)
    all += (all.empty() ? "" : ", ") + (t ? t.shape().to_string() : "null");
  return all;
}

std::string shape_list(const std::vector<Shape>& shapes) { return "[" + shapes_text(shapes) + "]"; }

Shape without_batch(const Shape& shape) {
  Shape out;
  for (int i = 1; i < shape.rank(); ++i) out.push_back(shape[i]);
  return out;
}

}  // namespace weft::detail
