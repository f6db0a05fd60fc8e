// Keras's three ways to clip gradients.
#pragma once
#include <weft/core/tensor.h>

namespace weft::detail {

struct Clip {
  std::optional<double> clipnorm, clipvalue, global_clipnorm;
};

/// clipnorm: g * c / max(|g|, c) each; global_clipnorm: g * c * min(1/N, 1/c) with N the norm of
/// all; clipvalue: limited to
/// [-c, c].
std::vector<Tensor> clip_gradients(const std::vector<Tensor>& gradients, const Clip& clip);

}  // namespace weft::detail
