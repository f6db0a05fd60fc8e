// Random draws: element i takes its bits from Philox's block i / n, n elements to a block, under
// the key [seed, counter].
#include <algorithm>
#include <cmath>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/random_draws.hpp"

namespace weft::cpu {
namespace {

/// Calls f(words, first, count) for each block; it makes `per_block` elements (the last time
/// `count` fewer).
template <int per_block, class F>
void blocks(const std::uint32_t* key, std::int64_t count, F&& f) {
  for (std::int64_t i = 0; i < count; i += per_block) {
    f(philox::block(static_cast<std::uint64_t>(i / per_block), 0, key[0], key[1]), i,
      static_cast<int>(std::min<std::int64_t>(per_block, count - i)));
  }
}

template <class T>
void uniform(const std::uint32_t* key, std::int64_t count, double low, double high, T* y) {
  using C = Compute<T>;
  const C start = static_cast<C>(low), end = static_cast<C>(high);
  const Interval<C> interval{start, static_cast<C>(high - low), end, std::nextafter(end, start)};
  blocks<draws_per_block<T>>(key, count, [&](const philox::Block& b, std::int64_t i, int n) {
    for (int k = 0; k < n; ++k) y[i + k] = store<T>(interval.at(unit<T>(b, k)));
  });
}

template <class T>
void normal(const std::uint32_t* key, std::int64_t count, double mean, double stddev, T* y) {
  blocks<draws_per_block<T>>(key, count, [&](const philox::Block& b, std::int64_t i, int n) {
    double z[4];
    for (int k = 0; k < draws_per_block<T>; k += 2) normal_pair<T>(b, k, z[k], z[k + 1]);
    for (int k = 0; k < n; ++k) y[i + k] = store<T>(mean + stddev * z[k]);
  });
}

template <class T>
void truncated_normal(const std::uint32_t* key, std::int64_t count, double mean, double stddev,
                      T* y) {
  blocks<draws_per_block<T>>(key, count, [&](const philox::Block& b, std::int64_t i, int n) {
    for (int k = 0; k < n; ++k) y[i + k] = store<T>(mean + stddev * truncated_draw<T>(b, k));
  });
}

template <class T>
void randint(const std::uint32_t* key, std::int64_t count, std::int64_t low, std::uint64_t range,
             T* y) {
  blocks<2>(key, count, [&](const philox::Block& b, std::int64_t i, int n) {
    for (int k = 0; k < n; ++k)
      y[i + k] = static_cast<T>(static_cast<std::uint64_t>(low) + integer_draw(b, k, range));
  });
}

template <class T>
void dropout(const std::uint32_t* key, std::int64_t count, double rate, const T* x, T* y) {
  using C = Compute<T>;
  const C scale = static_cast<C>(1 / (1 - rate));
  const float threshold = static_cast<float>(rate);
  blocks<4>(key, count, [&](const philox::Block& b, std::int64_t i, int n) {
    for (int k = 0; k < n; ++k) {
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
