// softmax, log_softmax and their gradients along one axis; float16 and bfloat16 in float, sums in
// double.
#include <algorithm>
#include <limits>

#include "backends/cpu/kernels/dispatch.hpp"
#include "core/functors/math.h"

namespace weft::cpu {
namespace {

/// Calls f(offset of the first element) for every line along the axis.
template <class F>
void lines(const AxisView& v, F&& f) {
  for (std::int64_t o = 0; o < v.outer; ++o) {
    for (std::int64_t k = 0; k < v.inner; ++k) f(o * v.size * v.inner + k);
  }
}

template <class T>
Compute<T> line_max(const T* x, std::int64_t n, std::int64_t step) {
  using C = Compute<T>;
  C m = -std::numeric_limits<C>::infinity();
  for (std::int64_t i = 0; i < n; ++i) m = std::max(m, load(x[i * step]));
  return m;
}

struct Softmax {
  template <class T>
  static void run(const AxisView& v, const T* x, T* y) {
    using C = Compute<T>;
    lines(v, [&](std::int64_t at) {
      const T* in = x + at;
      T* out = y + at;
      const C m = line_max(in, v.size, v.inner);
      double sum = 0;
      for (std::int64_t i = 0; i < v.size; ++i)
        sum += static_cast<double>(math::exp(load(in[i * v.inner]) - m));
      const C scale = static_cast<C>(1 / sum);
      for (std::int64_t i = 0; i < v.size; ++i) {
        out[i * v.inner] = store<T>(math::exp(load(in[i * v.inner]) - m) * scale);
      }
    });
  }
};

struct LogSoftmax {
  template <class T>
  static void run(const AxisView& v, const T* x, T* y) {
    using C = Compute<T>;
    lines(v, [&](std::int64_t at) {
      const T* in = x + at;
      T* out = y + at;
      const C m = line_max(in, v.size, v.inner);
      double sum = 0;
      for (std::int64_t i = 0; i < v.size; ++i)
        sum += static_cast<double>(math::exp(load(in[i * v.inner]) - m));
      const C log_sum = static_cast<C>(math::log(sum));
      for (std::int64_t i = 0; i < v.size; ++i)
        out[i * v.inner] = store<T>(load(in[i * v.inner]) - m - log_sum);
    });
  }
};

struct SoftmaxGrad {
  template <class T>
  static void run(const AxisView& v, const T* y, const T* dy, T* dx) {
    using C = Compute<T>;
    lines(v, [&](std::int64_t at) {
      double dot = 0;
      for (std::int64_t i = 0; i < v.size; ++i) {
        dot += static_cast<double>(load(y[at + i * v.inner])) *
               static_cast<double>(load(dy[at + i * v.inner]));
      }
      for (std::int64_t i = 0; i < v.size; ++i) {
        const std::int64_t k = at + i * v.inner;
        dx[k] = store<T>(load(y[k]) * (load(dy[k]) - static_cast<C>(dot)));
      }
    });
  }
};

struct LogSoftmaxGrad {
  template <class T>
  static void run(const AxisView& v, const T* y, const T* dy, T* dx) {
    using C = Compute<T>;
    lines(v, [&](std::int64_t at) {
      double sum = 0;
      for (std::int64_t i = 0; i < v.size; ++i)
        sum += static_cast<double>(load(dy[at + i * v.inner]));
      for (std::int64_t i = 0; i < v.size; ++i) {
        const std::int64_t k = at + i * v.inner;
        dx[k] = store<T>(load(dy[k]) - math::exp(load(y[k])) * static_cast<C>(sum));
      }
    });
  }
};

AxisView view_of(const KernelRequest& r) {
  const auto axis = r.attrs.get<std::int64_t>("axis");
  const Shape& shape = r.inputs[0].shape;
  return {shape, axis};
}

template <class Op>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [v = view_of(r)](const KernelArgs& a) {
      Op::template run<T>(v, a.in<T>(0), a.out<T>(0));
    }};
  });
}

template <class Op>
PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [v = view_of(r)](const KernelArgs& a) {
      Op::template run<T>(v, a.in<T>(0), a.in<T>(1), a.out<T>(0));
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_softmax(KernelTable& table) {
  cpu::add_reference(table, "softmax", cpu::prepare<cpu::Softmax>);
  cpu::add_reference(table, "softmax_grad", cpu::prepare_grad<cpu::SoftmaxGrad>);
  cpu::add_reference(table, "log_softmax", cpu::prepare<cpu::LogSoftmax>);
  cpu::add_reference(table, "log_softmax_grad", cpu::prepare_grad<cpu::LogSoftmaxGrad>);
}

}  // namespace weft::registration
