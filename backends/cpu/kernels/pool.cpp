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

/// Where in the windows the largest elements are: one byte each, or four where a window is larger.
struct Places {
  void* data;
  bool bytes;

  Places(const void* places, DType dtype)
      : data(const_cast<void*>(places)), bytes(dtype == DType::uint8) {}
  long get(long i) const {
    return bytes ? static_cast<std::uint8_t*>(data)[i] : static_cast<std::int32_t*>(data)[i];
  }
  void set(long i, long place) const {
    if (bytes)
      static_cast<std::uint8_t*>(data)[i] = static_cast<std::uint8_t>(place);
    else
      static_cast<std::int32_t*>(data)[i] = static_cast<std::int32_t>(place);
  }
};

/// `places` without data: not wanted.
template <class T>
void max_pool(const PoolGeometry& g, const T* x, T* y, const Places& places) {
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
      if (places.data != nullptr) places.set(pixel + c, where);
    }
  });
}

template <class T>
void max_pool_grad(const PoolGeometry& g, const Places& places, const T* dy, T* dx) {
  std::fill_n(dx, g.batch * g.x_image(), T{});
  pixels(g, [&](long image, long pixel, long d, long h, long w) {
    walk(g, d, h, w, [&](long at, long place) {
      for (long c = 0; c < g.channels; ++c) {
        T& to = dx[image + at + c];
        if (places.get(pixel + c) == place) to = store<T>(load(to) + load(dy[pixel + c]));
      }
    });
  });
}

template <class T>
void max_pool_take(const PoolGeometry& g, const Places& places, const T* x, T* y) {
  pixels(g, [&](long image, long pixel, long d, long h, long w) {
    walk(g, d, h, w, [&](long at, long place) {
      for (long c = 0; c < g.channels; ++c) {
        if (places.get(pixel + c) == place) y[pixel + c] = x[image + at + c];
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

PreparedKernel prepare_max(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.inputs[0].shape, r.attrs);
  const bool indexed = r.outputs.size() == 2;
  const DType index = indexed ? r.outputs[1].dtype : DType(DType::uint8);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [g, indexed, index](const KernelArgs& a) {
      max_pool(g, a.in<T>(0), a.out<T>(0), Places(indexed ? a.outputs[1] : nullptr, index));
    }};
  });
}

PreparedKernel prepare_max_grad(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.outputs[0].shape, r.attrs);
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [g, index = r.inputs[0].dtype](const KernelArgs& a) {
      max_pool_grad(g, Places(a.inputs[0], index), a.in<T>(1), a.out<T>(0));
    }};
  });
}

PreparedKernel prepare_take(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.inputs[1].shape, r.attrs);
  return dispatch<Types::floating>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [g, index = r.inputs[0].dtype](const KernelArgs& a) {
      max_pool_take(g, Places(a.inputs[0], index), a.in<T>(1), a.out<T>(0));
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

/// The loops go through all places of a window, those outside x too.
bool is_within_reach(const PoolGeometry& g, std::string& why_not) {
  why_not = "not for windows much larger than the input";
  return g.window() / 64 <= g.d.in * g.h.in * g.w.in;
}
/// The loops know places of one byte.
bool has_small_windows(const PoolGeometry& g, std::string& why_not) {
  if (g.window() <= 256) return true;
  why_not = "only windows of at most 256 elements";
  return false;
}

PreparedKernel prepare_fast_max(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.inputs[0].shape, r.attrs);
  if (!only_float32(r.inputs[0].dtype, why_not) || !has_small_windows(g, why_not)) return {};
  return {.run = [g, indexed = r.outputs.size() == 2](const KernelArgs& a) {
    parallel_for(g.rows(), rows_grain(g), [&](std::int64_t first, std::int64_t last) {
      pool_loops().max(g, a.in<float>(0), a.out<float>(0),
                       indexed ? a.out<unsigned char>(1) : nullptr, first, last);
    });
  }};
}

PreparedKernel prepare_fast_max_grad(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.outputs[0].shape, r.attrs);
  if (!only_float32(r.inputs[1].dtype, why_not) || !has_small_windows(g, why_not)) return {};
  return {.run = [g](const KernelArgs& a) {
    parallel_for(g.batch, images_grain(g), [&](std::int64_t first, std::int64_t last) {
      pool_loops().max_grad(g, a.in<unsigned char>(0), a.in<float>(1), a.out<float>(0), first,
                            last);
    });
  }};
}

PreparedKernel prepare_fast_average(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.inputs[0].shape, r.attrs);
  if (!only_float32(r.inputs[0].dtype, why_not) || !is_within_reach(g, why_not)) return {};
  return {.run = [g](const KernelArgs& a) {
    parallel_for(g.rows(), rows_grain(g), [&](std::int64_t first, std::int64_t last) {
      pool_loops().sum(g, true, a.in<float>(0), a.out<float>(0), first, last);
    });
  }};
}

PreparedKernel prepare_fast_average_grad(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = pool_geometry(r.outputs[0].shape, r.attrs);
  if (!only_float32(r.inputs[0].dtype, why_not) || !is_within_reach(g, why_not)) return {};
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
