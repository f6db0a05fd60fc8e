// What a product does to its sums before they are stored: a bias per column, then an activation.
// Without the standard library, for the files in cpu/simd/.
#pragma once
#include <weft/core/functors/activations.h>

namespace weft::kernels {

/// matmul's attribute `activation`.
enum class EpilogueActivation { none, relu, sigmoid, tanh };

/// The same bits as the functor of that name in core/ops/pointwise.
template <class T>
WEFT_HD T activate(EpilogueActivation activation, T x) {
  switch (activation) {
    case EpilogueActivation::relu:
      return math::relu(x);
    case EpilogueActivation::sigmoid:
      return math::sigmoid(x);
    case EpilogueActivation::tanh:
      return math::tanh(x);
    default:
      return x;
  }
}

}  // namespace weft::kernels
