// What a pointwise op is: a functor with a scalar body for host and device, its gradient, and a few
// constants. One header per op in core/ops/pointwise; OpDefs (core/pointwise_registration.cpp) and
// the CPU's kernels are made from it. A functor struct derives from Functor<arity, kind> and has
//
//   name                  the op's name
//   keras_class           the class that Keras's files name when the op is a node;
//                         "" when Keras has none
//   keras_module          "numpy" (the default), "nn" or "math"
//   T operator()(T...)    the scalar body
//   configure(attrs)      where it has attributes: reads them
//   grad(backward, i)     the gradient of input i; absent: no gradient flows
#pragma once
#include <weft/core/functors/activations.h>
#include <weft/core/functors/host_device.h>
#include <weft/core/functors/math.h>

#ifndef WEFT_FUNCTORS_ONLY  // kernels that must not see the standard library want the bodies alone
#include <weft/core/op.h>
#endif

namespace weft::functors {

/// Which dtypes go in and come out.
enum class Kind {
  arithmetic,  ///< all inputs become their common type, which the output has
  floating,    ///< the same, and integers become floatx
  comparison,  ///< all inputs become their common type; the output is bool
  logical,     ///< bool to bool
  select       ///< bool, T, T to T
};

#ifndef WEFT_FUNCTORS_ONLY
/// What a gradient is written with: the inputs, the output, and the gradient of the output.
struct Backward {
  const Tensor& a;  ///< the first input
  const Tensor& b;  ///< the second (the first again when there is one)
  const Tensor& c;  ///< the third (the first again when there are fewer)
  const Tensor& y;  ///< the output
  const Tensor& dy;
  const Config& attrs;
};
#endif

template <int Arity, Kind K>
struct Functor {
  static constexpr int arity = Arity;
  static constexpr Kind kind = K;
  static constexpr bool accepts_bool = true;
  static constexpr const char* keras_class = "";
  static constexpr const char* keras_module = "numpy";
#ifndef WEFT_FUNCTORS_ONLY
  void configure(const Config&) {}
#endif
};

}  // namespace weft::functors
