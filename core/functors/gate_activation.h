// The activations that a recurrent cell computes itself, by code. Each has a derivative that is a
// function of its value, so that the values alone are kept for the backward pass.
#pragma once
#include <weft/core/functors/activations.h>

namespace weft {

/// f of a gate or of a candidate.
enum class GateActivation {
  linear,
  tanh,
  sigmoid,
  relu,
  relu6,
  leaky_relu,
  hard_sigmoid,
  hard_tanh,
  elu,
  selu,
  softplus,
  softsign,
  exponential
};

/// y = f(x): the bits of the op of that name.
template <class T>
WEFT_HD T activate(GateActivation f, T x) {
  switch (f) {
    case GateActivation::tanh:
      return math::tanh(x);
    case GateActivation::sigmoid:
      return math::sigmoid(x);
    case GateActivation::relu:
      return math::relu(x);
    case GateActivation::relu6:
      return math::relu6(x);
    case GateActivation::leaky_relu:
      return math::leaky_relu(x, T(0.2));
    case GateActivation::hard_sigmoid:
      return math::hard_sigmoid(x);
    case GateActivation::hard_tanh:
      return math::hard_tanh(x);
    case GateActivation::elu:
      return math::elu(x, T(1));
    case GateActivation::selu:
      return math::selu(x);
    case GateActivation::softplus:
      return math::softplus(x);
    case GateActivation::softsign:
      return math::softsign(x);
    case GateActivation::exponential:
      return math::exp(x);
    default:
      return x;
  }
}

/// f'(x), from y = f(x).
template <class T>
WEFT_HD T activation_slope(GateActivation f, T y) {
  switch (f) {
    case GateActivation::tanh:
      return T(1) - y * y;
    case GateActivation::sigmoid:
      return y * (T(1) - y);
    case GateActivation::relu:
      return y > T(0) ? T(1) : T(0);
    case GateActivation::relu6:
      return y > T(0) && y < T(6) ? T(1) : T(0);
    case GateActivation::leaky_relu:
      return y < T(0) ? T(0.2) : T(1);
    case GateActivation::hard_sigmoid:
      return y > T(0) && y < T(1) ? T(1) / T(6) : T(0);
    case GateActivation::hard_tanh:
      return y > T(-1) && y < T(1) ? T(1) : T(0);
    case GateActivation::elu:
      return y < T(0) ? y + T(1) : T(1);
    case GateActivation::selu:
      return y > T(0) ? T(math::selu_scale) : y + T(math::selu_scale * math::selu_alpha);
    case GateActivation::softplus:
      return T(1) - math::exp(-y);
    case GateActivation::softsign: {
      const T a = T(1) - math::abs(y);
      return a * a;
    }
    case GateActivation::exponential:
      return y;
    default:
      return T(1);
  }
}

}  // namespace weft
