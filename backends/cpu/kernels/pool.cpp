// max_pool, average_pool and their gradients, channels last; axes that a tensor has not are of size
// 1. The fast float32 kernels are the loops of simd/pool.hpp over rows of the output (forward) or
// images (gradients); the references serve all floating dtypes, and windows of any size.
#include <algorithm>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/kernels/pool_geometry.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

/// Calls f(offset in x, place in the window) for the elements of window (d, h, w) of an image, and
/// returns how many there are.
template <class F>
std::int64_t walk(const PoolGeometry& g, long d, long h, long w, F&& f) {
  const auto part = [](const PoolAxis& a, long o) {
    const long start = o * a.stride - a.before;
    struct Part {
      long begin, end, start;
    };
    return Part{std::max(start, 0L), std::min(start + a.size, a.in), start};
  };
  const auto pd = part(g.d, d), ph = part(g.h, h), pw = part(g.w, w);
  for (long i = pd.begin; i < pd.end; ++i) {
    for (long j = ph.begin; j < ph.end; ++j) {
      for (long k = pw.begin; k < pw.end; ++k) {
        f(((i * g.h.in + j) * g.w.in + k) * g.channels,
          ((i - pd.start) * g.h.size + j - ph.start) * g.w.size + k - pw.start);
      }
    }
  }
  return (pd.end - pd.begin) * (ph.end - ph.begin) * (pw.end - pw.begin);
}

/// Calls f(first element of the image, of the pixel's channels, d, h, w) for every pixel of y.
template <class F>
void pixels(const PoolGeometry& g, F&& f) {
  long pixel = 0;
  for (long n = 0; n < g.batch; ++n) {
    for (long d = 0; d < g.d.out; ++d) {
      for (long h = 0; h < g.h.out; ++h) {
        for (long w = 0; w < g.w.out; ++w, pixel += g.channels) f(n * g.x_image(), pixel, d, h, w);
      }
    }
  }
}

template <class T, class Index>
void max_pool(const PoolGeometry& g, const T* x, T* y, Index* index) {
  pixels(g, [&](long image, long pixel, long d, long h, long w) {
    for (long c = 0; c < g.channels; ++c) {
      const T* from = x + image + c;
      bool first = true;
      T most = {};
      long where = 0;
      walk(g, d, h, w, [&](long at, long place) {
        const Compute<T> v = load(from[at]);
        if (!first && !(v > load(most)) && v == v) return;  // a NaN is the largest
        most = from[at];
        where = place;
        first = false;
      });
      y[pixel + c] = most;
      if (index != nullptr) index[pixel + c] = static_cast<Index>(where);
    }
  });
}

template <class T, class Index>
void max_pool_grad(const PoolGeometry& g, const Index* index, const T* dy, T* dx) {
  std::fill_n(dx, g.batch * g.x_image(), T{});
  pixels(g, [&](long image, long pixel, long d, long h, long w) {
    walk(g, d, h, w, [&](long at, long place) {
      for (long c = 0; c < g.channels; ++c) {
        T& to = dx[image + at + c];
        if (static_cast<long>(index[pixel + c]) == place)
          to = store<T>(load(to) + load(dy[pixel + c]));
      }
    });
  });
}

template <class T, class Index>
void max_pool_take(const PoolGeometry& g, const Index* index, const T* x, T* y) {
  pixels(g, [&](long image, long pixel, long d, long h, long w) {
    walk(g, d, h, w, [&](long at, long place) {
      for (long c = 0; c < g.channels; ++c) {
        if (static_cast<long>(index[pixel + c]) == place) y[pixel + c] = x[image + at + c];
      }
    });
  });
}

template <class T>
void average_pool(const PoolGeometry& g, const T* x, T* y) {
  pixels(g, [&](long image, long pixel, long d, long h, long w) {
    for (long c = 0; c < g.channels; ++c) {
      double sum = 0;
      const std::int64_t count = walk(
          g, d, h, w, [&](long at, long) { sum += static_cast<double>(load(x[image + at + c])); });
      y[pixel + c] = store<T>(sum / static_cast<double>(count));
    }
  });
}

template <class T>
void average_pool_grad(const PoolGeometry& g, const T* dy, T* dx) {
  using C = Compute<T>;
  std::fill_n(dx, g.batch * g.x_image(), T{});
  pixels(g, [&](long image, long pixel, long d, long h, long w) {
    const auto count = static_cast<C>(walk(g, d, h, w, [](long, long) {}));
    walk(g, d, h, w, [&](long at, long) {
      for (long c = 0; c < g.channels; ++c) {
        T& to = dx[image + at + c];
        to = store<T>(load(to) + load(dy[pixel + c]) / count);
      }
    });
  });
}

/// Calls f(Type<T>, Type<Index>): of the elements and of the places.
template <class F>
PreparedKernel dispatch_both(DType element, DType index, std::string& why_not, F&& f) {
  return dispatch<Types::floating>(element, why_not, [&]<class T>(Type<T> t) {
    return index == DType::uint8 ? f(t, Type<std::uint8_t>{}) : f(t, Type<std::int32_t>{});
  });
}

PreparedKernel prepare_max(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.inputs[0].shape, r.attrs);
  const bool indexed = r.outputs.size() == 2;
  return dispatch_both(r.inputs[0].dtype, indexed ? r.outputs[1].dtype : DType::uint8, why_not,
                       [&]<class T, class Index>(Type<T>, Type<Index>) {
                         return PreparedKernel{.run = [g, indexed](const KernelArgs& a) {
                           max_pool(g, a.in<T>(0), a.out<T>(0),
                                    indexed ? a.out<Index>(1) : nullptr);
                         }};
                       });
}

PreparedKernel prepare_max_grad(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.outputs[0].shape, r.attrs);
  return dispatch_both(r.inputs[1].dtype, r.inputs[0].dtype, why_not,
                       [&]<class T, class Index>(Type<T>, Type<Index>) {
                         return PreparedKernel{.run = [g](const KernelArgs& a) {
                           max_pool_grad(g, a.in<Index>(0), a.in<T>(1), a.out<T>(0));
                         }};
                       });
}

PreparedKernel prepare_take(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.inputs[1].shape, r.attrs);
  return dispatch_both(r.inputs[1].dtype, r.inputs[0].dtype, why_not,
                       [&]<class T, class Index>(Type<T>, Type<Index>) {
                         return PreparedKernel{.run = [g](const KernelArgs& a) {
                           max_pool_take(g, a.in<Index>(0), a.in<T>(1), a.out<T>(0));
                         }};
                       });
}

PreparedKernel prepare_average(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.inputs[0].shape, r.attrs);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [g](const KernelArgs& a) { average_pool(g, a.in<T>(0), a.out<T>(0)); }};
  });
}

PreparedKernel prepare_average_grad(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.outputs[0].shape, r.attrs);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [g](const KernelArgs& a) { average_pool_grad(g, a.in<T>(0), a.out<T>(0)); }};
  });
}

bool is_float32(const TensorSpec& x, std::string& why_not) {
  why_not = "only for float32";
  return x.dtype == DType::float32;
}
/// The loops go through all places of a window, those outside x too.
bool is_within_reach(const PoolGeometry& g, std::string& why_not) {
  why_not = "not for windows much larger than the input";
  return g.window() / 64 <= g.d.in * g.h.in * g.w.in;
}
/// The loops know places of one byte.
bool has_small_windows(const PoolGeometry& g, std::string& why_not) {
  why_not = "only for windows of at most 256 elements";
  return g.window() <= 256;
}

PreparedKernel prepare_fast_max(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.inputs[0].shape, r.attrs);
  if (!is_float32(r.inputs[0], why_not) || !has_small_windows(g, why_not)) return {};
  return {.run = [g, indexed = r.outputs.size() == 2](const KernelArgs& a) {
    parallel_for(g.rows(), rows_grain(g), [&](std::int64_t first, std::int64_t last) {
      pool_loops().max(g, a.in<float>(0), a.out<float>(0),
                       indexed ? a.out<unsigned char>(1) : nullptr, first, last);
    });
  }};
}

PreparedKernel prepare_fast_max_grad(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.outputs[0].shape, r.attrs);
  if (!is_float32(r.inputs[1], why_not) || !has_small_windows(g, why_not)) return {};
  return {.run = [g](const KernelArgs& a) {
    parallel_for(g.batch, images_grain(g), [&](std::int64_t first, std::int64_t last) {
      pool_loops().max_grad(g, a.in<unsigned char>(0), a.in<float>(1), a.out<float>(0), first,
                            last);
    });
  }};
}

PreparedKernel prepare_fast_average(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.inputs[0].shape, r.attrs);
  if (!is_float32(r.inputs[0], why_not) || !is_within_reach(g, why_not)) return {};
  return {.run = [g](const KernelArgs& a) {
    parallel_for(g.rows(), rows_grain(g), [&](std::int64_t first, std::int64_t last) {
      pool_loops().sum(g, true, a.in<float>(0), a.out<float>(0), first, last);
    });
  }};
}

PreparedKernel prepare_fast_average_grad(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.outputs[0].shape, r.attrs);
  if (!is_float32(r.inputs[0], why_not) || !is_within_reach(g, why_not)) return {};
  return {.run = [g](const KernelArgs& a) {
    parallel_for(g.batch, images_grain(g), [&](std::int64_t first, std::int64_t last) {
      pool_loops().spread(g, true, a.in<float>(0), a.out<float>(0), first, last);
    });
  }};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_pool(KernelTable& table) {
  table.add("max_pool", {.name = "fast", .prepare = cpu::prepare_fast_max});
  table.add("max_pool_grad", {.name = "fast", .prepare = cpu::prepare_fast_max_grad});
  table.add("average_pool", {.name = "fast", .prepare = cpu::prepare_fast_average});
  table.add("average_pool_grad", {.name = "fast", .prepare = cpu::prepare_fast_average_grad});
  cpu::add_reference(table, "max_pool", cpu::prepare_max);
  cpu::add_reference(table, "max_pool_grad", cpu::prepare_max_grad);
  cpu::add_reference(table, "max_pool_take", cpu::prepare_take);
  cpu::add_reference(table, "average_pool", cpu::prepare_average);
  cpu::add_reference(table, "average_pool_grad", cpu::prepare_average_grad);
}

}  // namespace weft::registration
