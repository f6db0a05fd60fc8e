// The activations that a recurrent cell computes itself, by code. Each has a derivative that is a
// function of its value, so that the values alone are kept for the backward pass.
#pragma once
#include <weft/core/functors/host_device.h>
#include <weft/core/functors/math.h>

namespace weft {

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

inline constexpr double selu_alpha = 1.6732632423543772848, selu_scale = 1.0507009873554804934;

/// y = f(x).
template <class T>
WEFT_HD T activate(GateActivation f, T x) {
  switch (f) {
    case GateActivation::tanh:
      return math::tanh(x);
    case GateActivation::sigmoid:
      return math::sigmoid(x);
    case GateActivation::relu:
      return math::max(x, T(0));
    case GateActivation::relu6:
      return math::min(math::max(x, T(0)), T(6));
    case GateActivation::leaky_relu:
      return x < T(0) ? T(0.2) * x : x;
    case GateActivation::hard_sigmoid:
      return math::min(math::max(x + T(3), T(0)), T(6)) / T(6);
    case GateActivation::hard_tanh:
      return math::min(math::max(x, T(-1)), T(1));
    case GateActivation::elu:
      return x < T(0) ? math::expm1(x) : x;
    case GateActivation::selu:
      return T(selu_scale) * (x < T(0) ? T(selu_alpha) * math::expm1(x) : x);
    case GateActivation::softplus:
      return math::softplus(x);
    case GateActivation::softsign:
      return x / (T(1) + math::abs(x));
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
      return y < T(0) ? y + T(selu_scale * selu_alpha) : T(selu_scale);
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
