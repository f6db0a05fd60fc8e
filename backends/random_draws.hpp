// Numbers of distributions, made of one block of Philox's bits: the same bodies for all devices.
#pragma once
#include <cstdint>
#include <type_traits>

#include "backends/element.hpp"
#include "core/functors/math.h"
#include "core/functors/philox.h"

namespace weft::kernels {

/// float64 takes two words to an element, the others one.
template <class T>
inline constexpr int draws_per_block = std::is_same_v<T, double> ? 2 : 4;

/// In [0, 1); element k of the block.
template <class T>
WEFT_HD Compute<T> unit(const philox::Block& b, int k) {
  if constexpr (std::is_same_v<T, double>)
    return philox::uniform(b.word[2 * k], b.word[2 * k + 1]);
  else
    return philox::uniform(b.word[k]);
}

/// In (0, 1), never an end.
template <class T>
WEFT_HD double open_unit(const philox::Block& b, int k) {
  if constexpr (std::is_same_v<T, double>)
    return philox::uniform(b.word[2 * k], b.word[2 * k + 1]) + 0x1p-54;
  else
    return (static_cast<double>(b.word[k]) + 0.5) * 0x1p-32;
}

/// An interval that numbers are drawn from; C is the type that they are computed in.
template <class C>
struct Interval {
  C low, range, high, last;  ///< `last` is the number before `high`
  /// Rounding may reach `high`, which is not in the interval.
  WEFT_HD C at(C unit) const {
    const C x = low + unit * range;
    return x >= high && range > 0 ? last : x;
  }
};

/// Elements k and k + 1 of the block, of a standard normal distribution: G. Box and M. Muller.
template <class T>
WEFT_HD void normal_pair(const philox::Block& b, int k, double& first, double& second) {
  constexpr double pi = 3.14159265358979323846;
  const double radius = math::sqrt(-2 * math::log(open_unit<T>(b, k))),
               angle = 2 * pi * open_unit<T>(b, k + 1);
  first = radius * math::cos(angle);
  second = radius * math::sin(angle);
}

/// The quotient of two polynomials of degree 7, the lowest coefficient first.
WEFT_HD double ratio(const double (&a)[8], const double (&b)[8], double r) {
  double above = a[7], below = b[7];
  for (int i = 6; i >= 0; --i) {
    above = above * r + a[i];
    below = below * r + b[i];
  }
  return above / below;
}

/// The standard normal quantile of p, |relative error| < 1e-15, within two standard deviations: M.
/// Wichura, algorithm AS 241 (PPND16), Applied Statistics 37 (1988) 477.
WEFT_HD double quantile(double p) {
  constexpr double a[8] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                           1.9715909503065514427e+3, 1.3731693765509461125e+4,
                           4.5921953931549871457e+4, 6.7265770927008700853e+4,
                           3.3430575583588128105e+4, 2.5090809287301226727e+3};
  constexpr double b[8] = {1.0,
                           4.2313330701600911252e+1,
                           6.8718700749205790830e+2,
                           5.3941960214247511077e+3,
                           2.1213794301586595867e+4,
                           3.9307895800092710610e+4,
                           2.8729085735721942674e+4,
                           5.2264952788528545610e+3};
  constexpr double c[8] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                           5.76949722146069140550e0,  3.64784832476320460504e0,
                           1.27045825245236838258e0,  2.41780725177450611770e-1,
                           2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr double d[8] = {1.0,
                           2.05319162663775882187e0,
                           1.67638483018380384940e0,
                           6.89767334985100004550e-1,
                           1.48103976427480074590e-1,
                           1.51986665636164571966e-2,
                           5.47593808499534494600e-4,
                           1.05075007164441684324e-9};
  const double q = p - 0.5;
  if (math::abs(q) <= 0.425) return q * ratio(a, b, 0.180625 - q * q);
  // The tail beyond r = 5 lies outside of two standard deviations, where nothing is drawn.
  const double r = math::sqrt(-math::log(q < 0 ? p : 1 - p)) - 1.6;
  return q < 0 ? -ratio(c, d, r) : ratio(c, d, r);
}

/// Element k of the block, of a standard normal distribution cut at two standard deviations.
template <class T>
WEFT_HD double truncated_draw(const philox::Block& b, int k) {
  constexpr double below = 0.022750131948179207200;  // the distribution function at -2
  const double z = quantile(below + open_unit<T>(b, k) * (1 - 2 * below));
  const double bounded = z > 2.0 ? 2.0 : z;
  return bounded < -2.0 ? -2.0 : bounded;
}

/// Number k of the block's two below `range`: the upper part of 64 bits times range, D. Lemire's
/// multiplication instead of a modulus.
WEFT_HD std::uint64_t integer_draw(const philox::Block& b, int k, std::uint64_t range) {
  const std::uint64_t high = b.word[2 * k], rest = b.word[2 * k + 1], top = range >> 32,
                      bottom = range & 0xffffffffu;
  const std::uint64_t middle = high * bottom + (rest * bottom >> 32);
  const std::uint64_t carry = rest * top + (middle & 0xffffffffu);
  return high * top + (middle >> 32) + (carry >> 32);
}

}  // namespace weft::kernels
