#include "training/gradient_clip.hpp"

#include <weft/ops.h>

#include "training/loss_reduction.hpp"

namespace weft::detail {
namespace {

Tensor clip_by_norm(const Tensor& g, double c) {
  // Of no zero-gradient a root is taken: its gradient would be infinite.
  const Tensor squares = ops::sum(ops::square(g));
  const Tensor norm =
      ops::where(squares > 0.0, ops::sqrt(ops::where(squares > 0.0, squares, 1.0)), squares);
  return g * c / ops::maximum(norm, c);
}

std::vector<Tensor> clip_by_global_norm(const std::vector<Tensor>& gradients, double c) {
  Tensor squares = ops::sum(ops::square(gradients.front()));
  for (std::size_t i = 1; i < gradients.size(); ++i)
    squares = squares + ops::sum(ops::square(gradients[i]));
  const Tensor norm = ops::sqrt(squares);
  // norm - norm makes the scale NaN when a gradient is not finite.
  const Tensor scale = c * ops::minimum(1.0 / norm, 1.0 / c) + (norm - norm);
  std::vector<Tensor> out;
  for (const Tensor& g : gradients) out.push_back(g * as_dtype(scale, g.dtype()));
  return out;
}

}  // namespace

std::vector<Tensor> clip_gradients(const std::vector<Tensor>& gradients, const Clip& clip) {
  if (clip.global_clipnorm && *clip.global_clipnorm > 0)
    return clip_by_global_norm(gradients, *clip.global_clipnorm);
  std::vector<Tensor> out = gradients;
  for (Tensor& g : out) {
    if (clip.clipnorm && *clip.clipnorm > 0)
      g = clip_by_norm(g, *clip.clipnorm);
    else if (clip.clipvalue && *clip.clipvalue > 0)
      g = ops::clip(g, -*clip.clipvalue, *clip.clipvalue);
  }
  return out;
}

}  // namespace weft::detail
