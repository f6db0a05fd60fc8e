// round: rounding to the nearest, halves to even.
#pragma once
#include <weft/core/functors/functor.h>

namespace weft::functors {

struct Round : Functor<1, Kind::arithmetic> {
  static constexpr const char* name = "round";
  static constexpr const char* keras_class = "Round";
  int decimals = 0;
  double factor = 1;  // 10^|decimals|
  template <class T>
  WEFT_HD T operator()(T x) const {
    if constexpr (math::is_floating<T>) {
      if (decimals == 0) return math::round(x);
      const T scale = math::attribute<T>(factor);
      return decimals > 0 ? math::round(x * scale) / scale : math::round(x / scale) * scale;
    } else {
      return x;
    }
  }
#ifndef WEFT_FUNCTORS_ONLY
  void configure(const Config& attrs) {
    decimals = attrs.get<int>("decimals", 0);
    factor = 1;
    for (int i = decimals < 0 ? -decimals : decimals; i > 0; --i) factor *= 10;
  }
#endif
};

}  // namespace weft::functors

#ifndef WEFT_FUNCTORS_ONLY
namespace weft::ops {

/// x rounded to `decimals` places, halves to even; integers stay. No gradient flows.
inline Tensor round(const Tensor& x, int decimals = 0) {
  return apply_one("round", {x}, {{"decimals", decimals}});
}

}  // namespace weft::ops
#endif
