// Random draws: element i takes its bits from Philox's block i / n, n elements to a block, under
// the key [seed, counter]. A thread makes one block's elements and stores them at once.
#include "backends/random_draws.hpp"

#include <cmath>

#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

/// Writes `count` elements, those of block b by draw(b).
template <class T, int N, class Draw>
__device__ void write_draws(const unsigned* key, std::int64_t count, T* y, const Draw& draw) {
  const unsigned seed = key[0], counter = key[1];
  const bool vectors = is_aligned<Vector<T, N>>(y);
  for_each_index((count + N - 1) / N, [&](std::int64_t i) {
    const Vector<T, N> drawn =
        draw(philox::block(static_cast<unsigned long long>(i), 0, seed, counter));
    if (vectors && (i + 1) * N <= count) {
      store_vector(y + i * N, drawn);
    } else {
      for (int k = 0; k < N; ++k) {
        if (i * N + k < count) y[i * N + k] = drawn.at[k];
      }
    }
  });
}

template <class T>
struct UniformDraw {
  static constexpr int size = draws_per_block<T>;
  Interval<Compute<T>> interval;

  UniformDraw(double minval, double maxval) {
    using C = Compute<T>;
    const C low = static_cast<C>(minval), high = static_cast<C>(maxval);
    interval = {low, static_cast<C>(maxval - minval), high, std::nextafter(high, low)};
  }
  __device__ Vector<T, size> operator()(const philox::Block& b) const {
    Vector<T, size> y;
    for (int k = 0; k < size; ++k) y.at[k] = store<T>(interval.at(unit<T>(b, k)));
    return y;
  }
};

template <class T>
struct NormalDraw {
  static constexpr int size = draws_per_block<T>;
  double mean, stddev;

  __device__ Vector<T, size> operator()(const philox::Block& b) const {
    Vector<T, size> y;
    for (int k = 0; k < size; k += 2) {
      double first = 0, second = 0;
      normal_pair<T>(b, k, first, second);
      y.at[k] = store<T>(mean + stddev * first);
      y.at[k + 1] = store<T>(mean + stddev * second);
    }
    return y;
  }
};

template <class T>
struct TruncatedDraw {
  static constexpr int size = draws_per_block<T>;
  double mean, stddev;

  __device__ Vector<T, size> operator()(const philox::Block& b) const {
    Vector<T, size> y;
    for (int k = 0; k < size; ++k) y.at[k] = store<T>(mean + stddev * truncated_draw<T>(b, k));
    return y;
  }
};

template <class T>
struct IntegerDraw {
  static constexpr int size = 2;
  std::uint64_t low, range;

  __device__ Vector<T, size> operator()(const philox::Block& b) const {
    Vector<T, size> y;
    for (int k = 0; k < size; ++k) y.at[k] = static_cast<T>(low + integer_draw(b, k, range));
    return y;
  }
};

template <class T, class Draw>
__global__ void draw_kernel(const unsigned* refused, const unsigned* key, std::int64_t count,
                            Draw draw, T* y) {
  if (is_refused(refused)) return;
  write_draws<T, Draw::size>(key, count, y, draw);
}

template <class T, class Draw>
PreparedKernel drawing(std::int64_t count, Draw draw) {
  return {.run =
              [=](const KernelArgs& a) {
                launch(draw_kernel<T, Draw>, shape_for(count, Draw::size), a.stream, a.refused,
                       a.in<unsigned>(0), count, draw, a.out<T>(0));
              },
          .honours_refusals = true};
}

/// A draw with two floating attributes.
template <template <class> class Draw>
PreparedKernel prepare_floating(const KernelRequest& r, std::string& why_not, const char* first,
                                const char* second) {
  const std::int64_t count = r.outputs[0].shape.size();
  const auto a = r.attrs.get<double>(first), b = r.attrs.get<double>(second);
  return dispatch<Types::floating>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return drawing<T>(count, Draw<T>{a, b});
  });
}

PreparedKernel prepare_uniform(const KernelRequest& r, std::string& why_not) {
  return prepare_floating<UniformDraw>(r, why_not, "minval", "maxval");
}
PreparedKernel prepare_normal(const KernelRequest& r, std::string& why_not) {
  return prepare_floating<NormalDraw>(r, why_not, "mean", "stddev");
}
PreparedKernel prepare_truncated(const KernelRequest& r, std::string& why_not) {
  return prepare_floating<TruncatedDraw>(r, why_not, "mean", "stddev");
}

PreparedKernel prepare_randint(const KernelRequest& r, std::string& why_not) {
  const std::int64_t count = r.outputs[0].shape.size();
  const auto low = static_cast<std::uint64_t>(r.attrs.get<std::int64_t>("minval")),
             high = static_cast<std::uint64_t>(r.attrs.get<std::int64_t>("maxval"));
  return dispatch<Types::numbers>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    if constexpr (std::is_integral_v<T>)
      return drawing<T>(count, IntegerDraw<T>{low, high - low});
    else
      return PreparedKernel{};
  });
}

/// Input and output in vectors of N; without vectors element by element.
template <class T, int N>
__global__ void dropout_kernel(const unsigned* refused, const unsigned* key, std::int64_t count,
                               float rate, Compute<T> scale, const T* x, T* y) {
  if (is_refused(refused)) return;
  const unsigned seed = key[0], counter = key[1];
  const bool vectors = is_aligned<Vector<T, N>>(x) && is_aligned<Vector<T, N>>(y);
  for_each_index((count + N - 1) / N, [&](std::int64_t i) {
    const bool whole = vectors && (i + 1) * N <= count;
    Vector<T, N> v = {};
    if (whole) v = load_vector<Vector<T, N>>(x + i * N);
    for (int part = 0; part < N / 4; ++part) {
      const auto number = static_cast<unsigned long long>(i) * (N / 4) + part;
      const philox::Block b = philox::block(number, 0, seed, counter);
      for (int k = 0; k < 4; ++k) {
        const std::int64_t at = i * N + 4 * part + k;
        T& element = v.at[4 * part + k];
        if (!whole && at < count) element = x[at];
        element =
            philox::uniform(b.word[k]) >= rate ? store<T>(load(element) * scale) : store<T>(0);
        if (!whole && at < count) y[at] = element;
      }
    }
    if (whole) store_vector(y + i * N, v);
  });
}

PreparedKernel prepare_dropout(const KernelRequest& r, std::string& why_not) {
  const std::int64_t count = r.outputs[0].shape.size();
  const auto rate = r.attrs.get<double>("rate");
  return dispatch<Types::floating>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    constexpr int n = sizeof(T) == 2 ? 8 : 4;
    const auto scale = static_cast<Compute<T>>(1 / (1 - rate));
    return PreparedKernel{.run =
                              [=](const KernelArgs& a) {
                                launch(dropout_kernel<T, n>, shape_for(count, n), a.stream,
                                       a.refused, a.in<unsigned>(1), count,
                                       static_cast<float>(rate), scale, a.in<T>(0), a.out<T>(0));
                              },
                          .honours_refusals = true};
  });
}

__global__ void advance_kernel(const unsigned* refused, const unsigned* state, unsigned* next) {
  if (is_refused(refused) || threadIdx.x != 0) return;
  next[0] = state[0];
  next[1] = state[1] + 1;
}

PreparedKernel prepare_advance(const KernelRequest&, std::string&) {
  return {.run =
              [](const KernelArgs& a) {
                launch(advance_kernel, {.blocks = 1, .threads = warp_size}, a.stream, a.refused,
                       a.in<unsigned>(0), a.out<unsigned>(0));
              },
          .honours_refusals = true};
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_random_draws(KernelTable& table) {
  cuda::add_kernel(table, "random_uniform", cuda::prepare_uniform);
  cuda::add_kernel(table, "random_normal", cuda::prepare_normal);
  cuda::add_kernel(table, "random_truncated_normal", cuda::prepare_truncated);
  cuda::add_kernel(table, "random_randint", cuda::prepare_randint);
  cuda::add_kernel(table, "dropout", cuda::prepare_dropout);
  cuda::add_kernel(table, "seed_advance", cuda::prepare_advance);
}

}  // namespace weft::registration
