// Scalar bodies of the activations: what the functors of core/ops/pointwise compute, and recurrent
// cells and the ends of products within their own kernels, to the same bits. NaN stays NaN.
#pragma once
#include <weft/core/functors/math.h>

namespace weft::math {

inline constexpr double selu_alpha = 1.6732632423543772848170429916717;
inline constexpr double selu_scale = 1.0507009873554804934193349852946;

/// 1 / (1 + exp(-x)).
template <class T>
WEFT_HD T sigmoid(T x) {
  return T(1) / (T(1) + exp(-x));
}
/// log(1 + exp(x)), without overflow.
template <class T>
WEFT_HD T softplus(T x) {
  return (x < T(0) ? T(0) : x) + log1p(exp(-abs(x)));
}
/// x / (1 + |x|).
template <class T>
WEFT_HD T softsign(T x) {
  return x / (T(1) + abs(x));
}
/// max(x, 0); -0 stays, too.
template <class T>
WEFT_HD T relu(T x) {
  return x < T(0) ? T(0) : x;
}
/// min(max(x, 0), 6).
template <class T>
WEFT_HD T relu6(T x) {
  return x < T(0) ? T(0) : (x > T(6) ? T(6) : x);
}
/// x where x >= 0, else slope * x.
template <class T>
WEFT_HD T leaky_relu(T x, T slope) {
  return x >= T(0) ? x : slope * x;
}
/// x limited to -1..1.
template <class T>
WEFT_HD T hard_tanh(T x) {
  return x < T(-1) ? T(-1) : (x > T(1) ? T(1) : x);
}
/// relu6(x + 3) / 6.
template <class T>
WEFT_HD T hard_sigmoid(T x) {
  return relu6(x + T(3)) / T(6);
}
/// x where x > 0, else alpha (exp(x) - 1).
template <class T>
WEFT_HD T elu(T x, T alpha) {
  return x > T(0) ? x : alpha * expm1(x);
}
/// selu_scale x where x > 0, else selu_scale selu_alpha (exp(x) - 1).
template <class T>
WEFT_HD T selu(T x) {
  return x > T(0) ? T(selu_scale) * x : T(selu_scale * selu_alpha) * expm1(x);
}

}  // namespace weft::math
