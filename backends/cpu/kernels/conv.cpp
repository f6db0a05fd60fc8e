// conv, conv_input_grad and conv_kernel_grad: the references, plain loops with sums in double.
#include "backends/cpu/conv_shape.hpp"
#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

template <class T, class R>
void forward(const ConvShape& s, const T* x, const T* kernel, const R* bias, bool relu, R* y) {
  const std::int64_t c_group = s.channels_per_group(), f_group = s.filters_per_group();
  for (std::int64_t n = 0; n < s.batch; ++n) {
    const T* image = x + n * s.pixels_in() * s.channels;
    each_position(s, [&](const std::int64_t* o, std::int64_t number) {
      R* to = y + (n * s.pixels_out() + number) * s.filters;
      for (std::int64_t f = 0; f < s.filters; ++f) {
        double sum = bias == nullptr ? 0.0 : static_cast<double>(load(bias[f]));
        each_tap(s, o, [&](std::int64_t pixel, std::int64_t tap) {
          const T* from = image + pixel * s.channels + f / f_group * c_group;
          const T* w = kernel + tap * c_group * s.filters + f;
          for (std::int64_t c = 0; c < c_group; ++c)
            sum += static_cast<double>(load(from[c])) * static_cast<double>(load(w[c * s.filters]));
        });
        to[f] = store<R>(relu && !(sum > 0) && sum == sum ? 0.0 : sum);
      }
    });
  }
}

/// The position of dimension d whose window's element k is at element i of x; -1 when there is
/// none.
std::int64_t position(const ConvShape& s, int d, std::int64_t i, std::int64_t k) {
  const std::int64_t o = i + s.before[d] - k * s.dilation[d];
  if (o < 0 || o % s.stride[d] != 0 || o / s.stride[d] >= s.out[d]) return -1;
  return o / s.stride[d];
}

/// Calls f(number of the position, number of the tap) for all windows that reach pixel i of x.
template <class F>
void each_reach(const ConvShape& s, const std::int64_t i[3], F&& f) {
  for (std::int64_t k0 = 0; k0 < s.window[0]; ++k0) {
    const std::int64_t o0 = position(s, 0, i[0], k0);
    if (o0 < 0) continue;
    for (std::int64_t k1 = 0; k1 < s.window[1]; ++k1) {
      const std::int64_t o1 = position(s, 1, i[1], k1);
      if (o1 < 0) continue;
      for (std::int64_t k2 = 0; k2 < s.window[2]; ++k2) {
        const std::int64_t o2 = position(s, 2, i[2], k2);
        if (o2 >= 0)
          f((o0 * s.out[1] + o1) * s.out[2] + o2, (k0 * s.window[1] + k1) * s.window[2] + k2);
      }
    }
  }
}

template <class T, class R>
void input_grad(const ConvShape& s, const T* g, const T* kernel, R* dx) {
  const std::int64_t c_group = s.channels_per_group(), f_group = s.filters_per_group();
  const std::int64_t pixels = s.pixels_in();
  for (std::int64_t p = 0; p < s.batch * pixels; ++p) {
    const std::int64_t in = p % pixels;
    const std::int64_t i[3] = {in / (s.in[1] * s.in[2]), in / s.in[2] % s.in[1], in % s.in[2]};
    for (std::int64_t c = 0; c < s.channels; ++c) {
      const std::int64_t group = c / c_group;
      double sum = 0;
      each_reach(s, i, [&](std::int64_t number, std::int64_t tap) {
        const std::int64_t first = group * f_group;
        const T* from = g + (p / pixels * s.pixels_out() + number) * s.filters + first;
        const T* w = kernel + (tap * c_group + c % c_group) * s.filters + first;
        for (std::int64_t f = 0; f < f_group; ++f)
          sum += static_cast<double>(load(from[f])) * static_cast<double>(load(w[f]));
      });
      dx[p * s.channels + c] = store<R>(sum);
    }
  }
}

/// One element of the kernel's gradient.
template <class T>
double weight_grad(const ConvShape& s, const T* x, const T* g, std::int64_t wanted,
                   std::int64_t channel, std::int64_t filter) {
  double sum = 0;
  for (std::int64_t n = 0; n < s.batch; ++n) {
    each_position(s, [&](const std::int64_t* o, std::int64_t number) {
      each_tap(s, o, [&](std::int64_t pixel, std::int64_t tap) {
        if (tap != wanted) return;
        sum += static_cast<double>(load(x[(n * s.pixels_in() + pixel) * s.channels + channel])) *
               static_cast<double>(load(g[(n * s.pixels_out() + number) * s.filters + filter]));
      });
    });
  }
  return sum;
}

template <class T, class R>
void kernel_grad(const ConvShape& s, const T* x, const T* g, R* dw) {
  const std::int64_t c_group = s.channels_per_group(), f_group = s.filters_per_group();
  for (std::int64_t tap = 0; tap < s.taps(); ++tap) {
    for (std::int64_t c = 0; c < c_group; ++c) {
      for (std::int64_t f = 0; f < s.filters; ++f)
        *dw++ = store<R>(weight_grad(s, x, g, tap, f / f_group * c_group + c, f));
    }
  }
}

PreparedKernel prepare_forward(const KernelRequest& r, std::string& why_not) {
  const ConvShape s(r);
  const bool bias = r.inputs.size() == 3;
  const bool relu = r.attrs.get<std::string>("activation", "") == "relu";
  return dispatch_product<Types::floating>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    return PreparedKernel{.run = [=](const KernelArgs& a) {
      forward(s, a.in<T>(0), a.in<T>(1), bias ? a.in<R>(2) : nullptr, relu, a.out<R>(0));
    }};
  });
}

PreparedKernel prepare_input_grad(const KernelRequest& r, std::string& why_not) {
  const ConvShape s(r);
  return dispatch_product<Types::floating>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    return PreparedKernel{
        .run = [s](const KernelArgs& a) { input_grad(s, a.in<T>(0), a.in<T>(1), a.out<R>(0)); }};
  });
}

PreparedKernel prepare_kernel_grad(const KernelRequest& r, std::string& why_not) {
  const ConvShape s(r);
  return dispatch_product<Types::floating>(r, why_not, [&]<class T, class R>(Type<T>, Type<R>) {
    return PreparedKernel{
        .run = [s](const KernelArgs& a) { kernel_grad(s, a.in<T>(0), a.in<T>(1), a.out<R>(0)); }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_conv(KernelTable& table) {
  cpu::add_reference(table, "conv", cpu::prepare_forward);
  cpu::add_reference(table, "conv_input_grad", cpu::prepare_input_grad);
  cpu::add_reference(table, "conv_kernel_grad", cpu::prepare_kernel_grad);
}
}  // namespace weft::registration
