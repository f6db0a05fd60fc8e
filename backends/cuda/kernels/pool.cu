// max_pool, average_pool and their gradients, channels last: a thread to a few channels of a pixel.
// Gradients gather from the windows that reach a pixel of x, in their order; sums in float32
// (float64 for float64).
#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/kernel.hpp"
#include "backends/shapes/pool_geometry.hpp"

namespace weft::cuda {
namespace {

/// A run of elements along an axis, or of windows.
struct Range {
  long begin, end;
};

/// What of window number o lies inside.
__device__ __forceinline__ Range covered(const PoolAxis& a, long o) {
  const long start = o * a.stride - a.before, end = start + a.size;
  return {start > 0 ? start : 0, end < a.in ? end : a.in};
}

/// The pixels of x or of y, and how their numbers come apart.
struct Pixels {
  std::int64_t count;  ///< threads: `lanes` channels each
  int lanes;
  IndexDivisor vectors, w, h, d;

  Pixels(const PoolGeometry& g, bool of_x, int lanes_)
      : lanes(lanes_),
        vectors(g.channels / lanes_),
        w(of_x ? g.w.in : g.w.out),
        h(of_x ? g.h.in : g.h.out),
        d(of_x ? g.d.in : g.d.out) {
    count = g.batch * (of_x ? g.x_image() : g.y_image()) / lanes;
  }
  struct Place {
    std::int64_t image, d, h, w, channel;
  };
  WEFT_HD Place place(std::int64_t thread) const {
    Place p;
    std::int64_t rest = vectors.divide(thread, p.channel);
    p.channel *= lanes;
    rest = w.divide(rest, p.w);
    rest = h.divide(rest, p.h);
    p.image = d.divide(rest, p.d);
    return p;
  }
};

/// The windows of a pool, and which of them reach an element.
struct Pool {
  PoolGeometry g;
  IndexDivisor stride_d, stride_h, stride_w;

  explicit Pool(const PoolGeometry& geometry)
      : g(geometry), stride_d(g.d.stride), stride_h(g.h.stride), stride_w(g.w.stride) {}

  /// Numbers of the windows along an axis that element i is in.
  __device__ static Range reaching(const PoolAxis& a, const IndexDivisor& stride, long i) {
    const long from_first = i + a.before, before_last = from_first - a.size;
    std::int64_t rest = 0;
    Range r{0, stride.divide(from_first, rest) + 1};
    if (before_last >= 0) r.begin = stride.divide(before_last, rest) + 1;
    if (r.end > a.out) r.end = a.out;
    return r;
  }
  /// Calls f(first element of the pixel in x, its place in the window) for the window at p.
  template <class F>
  __device__ void each_element(const Pixels::Place& p, F&& f) const {
    const Range d = covered(g.d, p.d), h = covered(g.h, p.h), w = covered(g.w, p.w);
    const long first_d = p.d * g.d.stride - g.d.before, first_h = p.h * g.h.stride - g.h.before,
               first_w = p.w * g.w.stride - g.w.before;
    for (long i = d.begin; i < d.end; ++i) {
      for (long j = h.begin; j < h.end; ++j) {
        const long row = ((p.image * g.d.in + i) * g.h.in + j) * g.w.in;
        const long place = ((i - first_d) * g.h.size + j - first_h) * g.w.size - first_w;
        for (long k = w.begin; k < w.end; ++k)
          f((row + k) * g.channels + p.channel, static_cast<int>(place + k));
      }
    }
  }
  /// How many elements of x a window has along an axis.
  __device__ static long length(const PoolAxis& a, long o) {
    const Range r = covered(a, o);
    return r.end - r.begin;
  }
  /// Calls f(first element of the window in y, the place in it of the pixel at p of x, how many
  /// elements the window has) for the windows that the pixel is in.
  template <class F>
  __device__ void each_window(const Pixels::Place& p, F&& f) const {
    const Range d = reaching(g.d, stride_d, p.d), h = reaching(g.h, stride_h, p.h),
                w = reaching(g.w, stride_w, p.w);
    for (long i = d.begin; i < d.end; ++i) {
      const long at_d = p.d + g.d.before - i * g.d.stride, many_d = length(g.d, i);
      for (long j = h.begin; j < h.end; ++j) {
        const long at_h = at_d * g.h.size + p.h + g.h.before - j * g.h.stride;
        const long many = many_d * length(g.h, j);
        const long row = ((p.image * g.d.out + i) * g.h.out + j) * g.w.out;
        for (long k = w.begin; k < w.end; ++k)
          f((row + k) * g.channels + p.channel,
            static_cast<int>(at_h * g.w.size + p.w + g.w.before - k * g.w.stride),
            many * length(g.w, k));
      }
    }
  }
};

/// N places in windows, one byte each, or four where a window is larger.
template <class I, int N>
__device__ __forceinline__ void store_places(I* p, const int (&places)[N]) {
  constexpr int lanes = N < 16 / static_cast<int>(sizeof(I)) ? N : 16 / static_cast<int>(sizeof(I));
  WEFT_UNROLL
  for (int first = 0; first < N; first += lanes) {
    Vector<I, lanes> some;
    WEFT_UNROLL
    for (int v = 0; v < lanes; ++v) some.at[v] = static_cast<I>(places[first + v]);
    store_vector(p + first, some);
  }
}
template <class I, int N>
__device__ __forceinline__ void load_places(const I* p, int (&places)[N]) {
  constexpr int lanes = N < 16 / static_cast<int>(sizeof(I)) ? N : 16 / static_cast<int>(sizeof(I));
  WEFT_UNROLL
  for (int first = 0; first < N; first += lanes) {
    const auto some = load_vector<Vector<I, lanes>>(p + first);
    WEFT_UNROLL
    for (int v = 0; v < lanes; ++v) places[first + v] = static_cast<int>(some.at[v]);
  }
}

/// `places` null: not wanted. A NaN is the largest.
template <class T, class I, int N>
__global__ void max_kernel(Pool pool, Pixels pixels, const T* x, T* y, I* places) {
  using V = Vector<T, N>;
  for_each_index(pixels.count, [&](std::int64_t thread) {
    V most = {};
    int where[N] = {};
    bool first = true;
    pool.each_element(pixels.place(thread), [&](long at, int place) {
      const V here = load_vector<V>(x + at);
      WEFT_UNROLL
      for (int v = 0; v < N; ++v) {
        const Compute<T> value = load(here.at[v]);
        if (!first && !(value > load(most.at[v])) && value == value) continue;
        most.at[v] = here.at[v];
        where[v] = place;
      }
      first = false;
    });
    store_vector(y + thread * N, most);
    if (places != nullptr) store_places(places + thread * N, where);
  });
}

template <class T, class I, int N>
__global__ void max_grad_kernel(Pool pool, Pixels pixels, const I* places, const T* dy, T* dx) {
  using V = Vector<T, N>;
  for_each_index(pixels.count, [&](std::int64_t thread) {
    Compute<T> sums[N] = {};
    pool.each_window(pixels.place(thread), [&](long at, int place, long) {
      int where[N];
      load_places(places + at, where);
      const V gradient = load_vector<V>(dy + at);
      WEFT_UNROLL
      for (int v = 0; v < N; ++v) {
        if (where[v] == place) sums[v] += load(gradient.at[v]);
      }
    });
    V result;
    WEFT_UNROLL
    for (int v = 0; v < N; ++v) result.at[v] = store<T>(sums[v]);
    store_vector(dx + thread * N, result);
  });
}

/// The elements of x at the places; 0 for a place outside.
template <class T, class I>
__global__ void take_kernel(Pool pool, Pixels pixels, const I* places, const T* x, T* y) {
  const PoolGeometry& g = pool.g;
  for_each_index(pixels.count, [&](std::int64_t thread) {
    const Pixels::Place p = pixels.place(thread);
    const long place = static_cast<long>(places[thread]);
    const long d = p.d * g.d.stride - g.d.before + place / (g.h.size * g.w.size);
    const long h = p.h * g.h.stride - g.h.before + place / g.w.size % g.h.size;
    const long w = p.w * g.w.stride - g.w.before + place % g.w.size;
    const bool inside =
        place >= 0 && d >= 0 && d < g.d.in && h >= 0 && h < g.h.in && w >= 0 && w < g.w.in;
    const long pixel = ((p.image * g.d.in + d) * g.h.in + h) * g.w.in + w;
    y[thread] = inside ? x[pixel * g.channels + p.channel] : T{};
  });
}

template <class T, int N>
__global__ void average_kernel(Pool pool, Pixels pixels, const T* x, T* y) {
  using V = Vector<T, N>;
  using C = Compute<T>;
  for_each_index(pixels.count, [&](std::int64_t thread) {
    C sums[N] = {};
    long count = 0;
    pool.each_element(pixels.place(thread), [&](long at, int) {
      const V here = load_vector<V>(x + at);
      WEFT_UNROLL
      for (int v = 0; v < N; ++v) sums[v] += load(here.at[v]);
      ++count;
    });
    V result;
    WEFT_UNROLL
    for (int v = 0; v < N; ++v) result.at[v] = store<T>(sums[v] / static_cast<C>(count));
    store_vector(y + thread * N, result);
  });
}

template <class T, int N>
__global__ void average_grad_kernel(Pool pool, Pixels pixels, const T* dy, T* dx) {
  using V = Vector<T, N>;
  using C = Compute<T>;
  for_each_index(pixels.count, [&](std::int64_t thread) {
    C sums[N] = {};
    pool.each_window(pixels.place(thread), [&](long at, int, long count) {
      const V gradient = load_vector<V>(dy + at);
      WEFT_UNROLL
      for (int v = 0; v < N; ++v) sums[v] += load(gradient.at[v]) / static_cast<C>(count);
    });
    V result;
    WEFT_UNROLL
    for (int v = 0; v < N; ++v) result.at[v] = store<T>(sums[v]);
    store_vector(dx + thread * N, result);
  });
}

/// Calls f(std::integral_constant<int, N>) for as many channels as a thread may take: N elements of
/// T at `a` and at `b`, N places of I at `places`, which may be null.
template <class T, class I, class F>
void with_lanes(const PoolGeometry& g, const void* a, const void* b, const void* places, F&& f) {
  constexpr int lanes = 16 / static_cast<int>(sizeof(T));
  constexpr int bytes =
      lanes * static_cast<int>(sizeof(I)) < 16 ? lanes * static_cast<int>(sizeof(I)) : 16;
  using V = Vector<T, lanes>;
  if (g.channels % lanes == 0 && is_aligned<V>(a) && is_aligned<V>(b) &&
      is_aligned<Vector<std::uint8_t, bytes>>(places))
    f(std::integral_constant<int, lanes>());
  else
    f(std::integral_constant<int, 1>());
}

/// The kernel that f(Type<T>, Type<I>) makes for elements of T and places of I.
template <class F>
PreparedKernel dispatch_places(DType dtype, DType places, std::string& why_not, F&& f) {
  return dispatch<Types::floating>(dtype, why_not, [&]<class T>(Type<T> type) {
    return places == DType::uint8 ? f(type, Type<std::uint8_t>()) : f(type, Type<std::int32_t>());
  });
}

PreparedKernel prepare_max(const KernelRequest& r, std::string& why_not) {
  const Pool pool(pool_geometry(r.inputs[0].shape, r.attrs));
  const bool indexed = r.outputs.size() == 2;
  const DType places = indexed ? r.outputs[1].dtype : DType(DType::uint8);
  const auto make = [&]<class T, class I>(Type<T>, Type<I>) {
    return PreparedKernel{.run = [pool, indexed](const KernelArgs& a) {
      I* to = indexed ? a.out<I>(1) : nullptr;
      with_lanes<T, I>(pool.g, a.inputs[0], a.outputs[0], to,
                       [&]<int n>(std::integral_constant<int, n>) {
                         const Pixels pixels(pool.g, false, n);
                         launch(max_kernel<T, I, n>, shape_for(pixels.count), a.stream, pool,
                                pixels, a.in<T>(0), a.out<T>(0), to);
                       });
    }};
  };
  return dispatch_places(r.inputs[0].dtype, places, why_not, make);
}

PreparedKernel prepare_max_grad(const KernelRequest& r, std::string& why_not) {
  const Pool pool(pool_geometry(r.outputs[0].shape, r.attrs));
  const auto make = [&]<class T, class I>(Type<T>, Type<I>) {
    return PreparedKernel{.run = [pool](const KernelArgs& a) {
      with_lanes<T, I>(pool.g, a.inputs[1], a.outputs[0], a.inputs[0],
                       [&]<int n>(std::integral_constant<int, n>) {
                         const Pixels pixels(pool.g, true, n);
                         launch(max_grad_kernel<T, I, n>, shape_for(pixels.count), a.stream, pool,
                                pixels, a.in<I>(0), a.in<T>(1), a.out<T>(0));
                       });
    }};
  };
  return dispatch_places(r.inputs[1].dtype, r.inputs[0].dtype, why_not, make);
}

PreparedKernel prepare_take(const KernelRequest& r, std::string& why_not) {
  const Pool pool(pool_geometry(r.inputs[1].shape, r.attrs));
  const auto make = [&]<class T, class I>(Type<T>, Type<I>) {
    return PreparedKernel{.run = [pool](const KernelArgs& a) {
      const Pixels pixels(pool.g, false, 1);
      launch(take_kernel<T, I>, shape_for(pixels.count), a.stream, pool, pixels, a.in<I>(0),
             a.in<T>(1), a.out<T>(0));
    }};
  };
  return dispatch_places(r.inputs[1].dtype, r.inputs[0].dtype, why_not, make);
}

PreparedKernel prepare_average(const KernelRequest& r, std::string& why_not) {
  const Pool pool(pool_geometry(r.inputs[0].shape, r.attrs));
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [pool](const KernelArgs& a) {
      with_lanes<T, T>(pool.g, a.inputs[0], a.outputs[0], nullptr,
                       [&]<int n>(std::integral_constant<int, n>) {
                         const Pixels pixels(pool.g, false, n);
                         launch(average_kernel<T, n>, shape_for(pixels.count), a.stream, pool,
                                pixels, a.in<T>(0), a.out<T>(0));
                       });
    }};
  });
}

PreparedKernel prepare_average_grad(const KernelRequest& r, std::string& why_not) {
  const Pool pool(pool_geometry(r.outputs[0].shape, r.attrs));
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [pool](const KernelArgs& a) {
      with_lanes<T, T>(pool.g, a.inputs[0], a.outputs[0], nullptr,
                       [&]<int n>(std::integral_constant<int, n>) {
                         const Pixels pixels(pool.g, true, n);
                         launch(average_grad_kernel<T, n>, shape_for(pixels.count), a.stream, pool,
                                pixels, a.in<T>(0), a.out<T>(0));
                       });
    }};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_pool(KernelTable& table) {
  cuda::add_kernel(table, "max_pool", cuda::prepare_max);
  cuda::add_kernel(table, "max_pool_grad", cuda::prepare_max_grad);
  cuda::add_kernel(table, "max_pool_take", cuda::prepare_take);
  cuda::add_kernel(table, "average_pool", cuda::prepare_average);
  cuda::add_kernel(table, "average_pool_grad", cuda::prepare_average_grad);
}

}  // namespace weft::registration
