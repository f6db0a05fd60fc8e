// Random draws: element i takes its bits from Philox's block i / n, n elements to a block, under
// the key [seed, counter].
#include <algorithm>
#include <cmath>
#include <limits>

#include "backends/cpu/kernels/dispatch.hpp"
#include "core/functors/philox.h"

namespace weft::cpu {
namespace {

/// Calls f(words, out, count) for each block; it makes `per_block` elements (the last time `count`
/// fewer).
template <int per_block, class F>
void blocks(const std::uint32_t* key, std::int64_t count, F&& f) {
  for (std::int64_t i = 0; i < count; i += per_block) {
    f(philox::block(static_cast<std::uint64_t>(i / per_block), 0, key[0], key[1]), i,
      std::min<std::int64_t>(per_block, count - i));
  }
}

// float64 takes two words to an element, the others one.
template <class T>
inline constexpr int per_block = std::is_same_v<T, double> ? 2 : 4;

template <class T>
Compute<T> unit(const philox::Block& b, std::int64_t k) {
  if constexpr (std::is_same_v<T, double>)
    return philox::uniform(b.word[2 * k], b.word[2 * k + 1]);
  else
    return philox::uniform(b.word[k]);
}

/// In (0, 1), never an end.
template <class T>
double open_unit(const philox::Block& b, std::int64_t k) {
  if constexpr (std::is_same_v<T, double>)
    return philox::uniform(b.word[2 * k], b.word[2 * k + 1]) + 0x1p-54;
  else
    return (static_cast<double>(b.word[k]) + 0.5) * 0x1p-32;
}

template <class T>
void uniform(const std::uint32_t* key, std::int64_t count, double low, double high, T* y) {
  using C = Compute<T>;
  const C start = static_cast<C>(low), range = static_cast<C>(high - low);
  const C last = std::nextafter(static_cast<C>(high),
                                start);  // rounding may reach `high`, which is not in the interval
  blocks<per_block<T>>(key, count, [&](const philox::Block& b, std::int64_t i, std::int64_t n) {
    for (std::int64_t k = 0; k < n; ++k) {
      const C x = start + unit<T>(b, k) * range;
      y[i + k] = store<T>(x >= static_cast<C>(high) && range > 0 ? last : x);
    }
  });
}

template <class T>
void normal(const std::uint32_t* key, std::int64_t count, double mean, double stddev, T* y) {
  blocks<per_block<T>>(key, count, [&](const philox::Block& b, std::int64_t i, std::int64_t n) {
    double z[4];
    for (int k = 0; k < per_block<T>; k += 2) {
      const double radius = std::sqrt(-2 * std::log(open_unit<T>(b, k))),
                   angle = 2 * M_PI * open_unit<T>(b, k + 1);
      z[k] = radius * std::cos(angle);
      z[k + 1] = radius * std::sin(angle);
    }
    for (std::int64_t k = 0; k < n; ++k) y[i + k] = store<T>(mean + stddev * z[k]);
  });
}

double ratio(const double* a, const double* b, int degree, double r) {
  double above = a[degree], below = b[degree];
  for (int i = degree - 1; i >= 0; --i) {
    above = above * r + a[i];
    below = below * r + b[i];
  }
  return above / below;
}

/// The standard normal quantile of p, |relative error| < 1e-15: M. Wichura, algorithm AS 241
/// (PPND16), Applied Statistics 37 (1988) 477.
double quantile(double p) {
  static constexpr double a[] = {3.3871328727963666080e0,  1.3314166789178437745e+2,
                                 1.9715909503065514427e+3, 1.3731693765509461125e+4,
                                 4.5921953931549871457e+4, 6.7265770927008700853e+4,
                                 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr double b[] = {1.0,
                                 4.2313330701600911252e+1,
                                 6.8718700749205790830e+2,
                                 5.3941960214247511077e+3,
                                 2.1213794301586595867e+4,
                                 3.9307895800092710610e+4,
                                 2.8729085735721942674e+4,
                                 5.2264952788528545610e+3};
  static constexpr double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                                 5.76949722146069140550e0,  3.64784832476320460504e0,
                                 1.27045825245236838258e0,  2.41780725177450611770e-1,
                                 2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr double d[] = {1.0,
                                 2.05319162663775882187e0,
                                 1.67638483018380384940e0,
                                 6.89767334985100004550e-1,
                                 1.48103976427480074590e-1,
                                 1.51986665636164571966e-2,
                                 5.47593808499534494600e-4,
                                 1.05075007164441684324e-9};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) return q * ratio(a, b, 7, 0.180625 - q * q);
  // The tail beyond r = 5 lies outside of two standard deviations, where nothing is drawn.
  const double r = std::sqrt(-std::log(q < 0 ? p : 1 - p)) - 1.6;
  return q < 0 ? -ratio(c, d, 7, r) : ratio(c, d, 7, r);
}

template <class T>
void truncated_normal(const std::uint32_t* key, std::int64_t count, double mean, double stddev,
                      T* y) {
  constexpr double below = 0.022750131948179207200;  // the distribution function at -2
  blocks<per_block<T>>(key, count, [&](const philox::Block& b, std::int64_t i, std::int64_t n) {
    for (std::int64_t k = 0; k < n; ++k) {
      const double z = quantile(below + open_unit<T>(b, k) * (1 - 2 * below));
      y[i + k] = store<T>(mean + stddev * std::clamp(z, -2.0, 2.0));
    }
  });
}

/// The upper part of bits * range: D. Lemire's multiplication instead of a modulus.
template <class T>
void randint(const std::uint32_t* key, std::int64_t count, std::int64_t low, std::uint64_t range,
             T* y) {
  blocks<2>(key, count, [&](const philox::Block& b, std::int64_t i, std::int64_t n) {
    for (std::int64_t k = 0; k < n; ++k) {
      const std::uint64_t bits =
          static_cast<std::uint64_t>(b.word[2 * k]) << 32 | b.word[2 * k + 1];
      const std::uint64_t high = bits >> 32, rest = bits & 0xffffffffu, top = range >> 32,
                          bottom = range & 0xffffffffu;
      const std::uint64_t middle = high * bottom + (rest * bottom >> 32);
      const std::uint64_t carry = rest * top + (middle & 0xffffffffu);
      const std::uint64_t drawn = high * top + (middle >> 32) + (carry >> 32);
      y[i + k] = static_cast<T>(static_cast<std::uint64_t>(low) + drawn);
    }
  });
}

template <class T>
void dropout(const std::uint32_t* key, std::int64_t count, double rate, const T* x, T* y) {
  using C = Compute<T>;
  const C scale = static_cast<C>(1 / (1 - rate));
  const float threshold = static_cast<float>(rate);
  blocks<4>(key, count, [&](const philox::Block& b, std::int64_t i, std::int64_t n) {
    for (std::int64_t k = 0; k < n; ++k) {
      y[i + k] =
          philox::uniform(b.word[k]) >= threshold ? store<T>(load(x[i + k]) * scale) : store<T>(0);
    }
  });
}

/// A draw with two floating attributes.
template <class F>
PreparedKernel draw(const KernelRequest& r, std::string& why_not, const char* first,
                    const char* second, F f) {
  const std::int64_t count = r.outputs[0].shape.size();
  const auto a = r.attrs.get<double>(first), b = r.attrs.get<double>(second);
  return dispatch<Types::floating>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [=](const KernelArgs& k) { f(k.in<std::uint32_t>(0), count, a, b, k.out<T>(0)); }};
  });
}

PreparedKernel prepare_uniform(const KernelRequest& r, std::string& why_not) {
  return draw(r, why_not, "minval", "maxval", [](auto... a) { uniform(a...); });
}
PreparedKernel prepare_normal(const KernelRequest& r, std::string& why_not) {
  return draw(r, why_not, "mean", "stddev", [](auto... a) { normal(a...); });
}
PreparedKernel prepare_truncated(const KernelRequest& r, std::string& why_not) {
  return draw(r, why_not, "mean", "stddev", [](auto... a) { truncated_normal(a...); });
}

PreparedKernel prepare_randint(const KernelRequest& r, std::string& why_not) {
  const std::int64_t count = r.outputs[0].shape.size();
  const auto low = r.attrs.get<std::int64_t>("minval"), high = r.attrs.get<std::int64_t>("maxval");
  const std::uint64_t range = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  return dispatch<Types::numbers>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    if constexpr (std::is_integral_v<T>) {
      return PreparedKernel{.run = [=](const KernelArgs& k) {
        randint(k.in<std::uint32_t>(0), count, low, range, k.out<T>(0));
      }};
    } else {
      return PreparedKernel{};
    }
  });
}

PreparedKernel prepare_dropout(const KernelRequest& r, std::string& why_not) {
  const std::int64_t count = r.outputs[0].shape.size();
  const auto rate = r.attrs.get<double>("rate");
  return dispatch<Types::floating>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [=](const KernelArgs& k) {
      dropout(k.in<std::uint32_t>(1), count, rate, k.in<T>(0), k.out<T>(0));
    }};
  });
}

PreparedKernel prepare_advance(const KernelRequest&, std::string&) {
  return {.run = [](const KernelArgs& k) {
    const std::uint32_t* state = k.in<std::uint32_t>(0);
    std::uint32_t* next = k.out<std::uint32_t>(0);
    next[0] = state[0];
    next[1] = state[1] + 1;
  }};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_random_draws(KernelTable& table) {
  cpu::add_reference(table, "random_uniform", cpu::prepare_uniform);
  cpu::add_reference(table, "random_normal", cpu::prepare_normal);
  cpu::add_reference(table, "random_truncated_normal", cpu::prepare_truncated);
  cpu::add_reference(table, "random_randint", cpu::prepare_randint);
  cpu::add_reference(table, "dropout", cpu::prepare_dropout);
  cpu::add_only(table, "seed_advance", cpu::prepare_advance);
}

}  // namespace weft::registration
