// lstm and lstm_grad: the fast kernel, and the reference in every floating dtype. The reserve of a
// step is i, f, activation(z_c), o, c; of a masked step only the last two are used: the h and c
// that it carries.
#include "backends/cpu/kernels/recurrent_fast.hpp"
#include "backends/cpu/kernels/recurrent_reference.hpp"

namespace weft::cpu {
namespace {

constexpr const weft::detail::CellKind& cell = weft::detail::lstm_cell;

/// One sequence; memory: 4H + 3H doubles.
template <class T>
void forward(const RecurrentShape& s, const KernelArgs& a, std::int64_t n, double* memory) {
  const std::int64_t H = s.h;
  double *z = memory, *h = z + 4 * H, *c = h + H, *y = c + H;
  load_all(a.in<T>(s.in.state) + n * H, H, h);
  load_all(a.in<T>(s.in.state + 1) + n * H, H, c);
  std::fill_n(y, H, 0.0);
  const bool* mask = optional_input<bool>(a, s.in.mask);
  const T* bias = optional_input<T>(a, s.in.bias);
  const Product<T> input = input_product<T>(s, 4, a, n), state = state_product<T>(s, 4, a, n);
  for (std::int64_t step = 0; step < s.t; ++step) {
    const std::int64_t time = s.time(step);
    const bool valid = mask == nullptr || mask[n * s.t + time];
    Reserve<T>* kept = s.reserve ? a.out<Reserve<T>>(3) + (step * s.n + n) * 5 * H : nullptr;
    if (valid) {
      std::fill_n(z, 4 * H, 0.0);
      if (bias != nullptr) load_all(bias, 4 * H, z);
      input.forward(a.in<T>(0) + (n * s.t + time) * s.i, z, 0, 4);
      state.forward(h, z, 0, 4);
      for (std::int64_t j = 0; j < H; ++j) {
        const double i = activated(s.recurrent_activation, z[j]);
        const double f = activated(s.recurrent_activation, z[H + j]);
        const double g = activated(s.activation, z[2 * H + j]);
        const double o = activated(s.recurrent_activation, z[3 * H + j]);
        c[j] = f * c[j] + i * g;
        y[j] = h[j] = o * activated(s.activation, c[j]);
        if (kept == nullptr) continue;
        kept[j] = static_cast<Reserve<T>>(i);
        kept[H + j] = static_cast<Reserve<T>>(f);
        kept[2 * H + j] = static_cast<Reserve<T>>(g);
        kept[3 * H + j] = static_cast<Reserve<T>>(o);
      }
    } else {
      if (s.zero_output) std::fill_n(y, H, 0.0);
      if (kept != nullptr) {
        std::fill_n(kept, 3 * H, Reserve<T>(0));
        store_all(h, H, kept + 3 * H);
      }
    }
    if (kept != nullptr) store_all(c, H, kept + 4 * H);
    if (s.sequences) store_all(y, H, a.out<T>(0) + (n * s.t + step) * H);
  }
  if (!s.sequences) store_all(y, H, a.out<T>(0) + n * H);
  store_all(h, H, a.out<T>(1) + n * H);
  store_all(c, H, a.out<T>(2) + n * H);
}

/// h and c before a step, in double.
template <class T>
void states_before(const RecurrentShape& s, const KernelArgs& a, std::int64_t n, std::int64_t step,
                   double* h, double* c) {
  const std::int64_t H = s.h;
  if (step == 0) {
    load_all(a.in<T>(s.in.state) + n * H, H, h);
    load_all(a.in<T>(s.in.state + 1) + n * H, H, c);
    return;
  }
  const bool* mask = optional_input<bool>(a, s.in.mask);
  const Reserve<T>* kept = a.in<Reserve<T>>(s.in.reserve) + ((step - 1) * s.n + n) * 5 * H;
  load_all(kept + 4 * H, H, c);
  load_all(kept + 3 * H, H, h);
  if (mask != nullptr && !mask[n * s.t + s.time(step - 1)]) return;
  for (std::int64_t j = 0; j < H; ++j) h[j] *= activated(s.activation, c[j]);
}

/// Gradient of one sequence; memory: 4H + 5H + I doubles.
template <class T>
void backward(const RecurrentShape& s, const KernelArgs& a, std::int64_t n,
              const GradientSums<T>& sums, double* memory) {
  const std::int64_t H = s.h;
  double *dz = memory, *dh = dz + 4 * H, *dc = dh + H, *carry = dc + H, *h = carry + H, *c = h + H,
         *dx = c + H;
  const int first = s.x_grad ? 1 : 0;
  const T* d_h = optional_input<T>(a, s.in.d_state[0]);
  const T* d_c = optional_input<T>(a, s.in.d_state[1]);
  const bool* mask = optional_input<bool>(a, s.in.mask);
  std::fill_n(dh, 2 * H, 0.0);
  if (d_h != nullptr) load_all(d_h + n * H, H, dh);
  if (d_c != nullptr) load_all(d_c + n * H, H, dc);
  OutputGradient<T> output(s, optional_input<T>(a, s.in.d_output), n, carry);
  const Product<T> input = input_product<T>(s, 4, a, n), state = state_product<T>(s, 4, a, n);
  for (std::int64_t step = s.t; step-- > 0;) {
    const std::int64_t time = s.time(step);
    const bool valid = mask == nullptr || mask[n * s.t + time];
    output.step(step, valid, dh);
    std::fill_n(dx, s.i, 0.0);
    if (valid) {
      states_before<T>(s, a, n, step, h, c);
      const Reserve<T>* kept = a.in<Reserve<T>>(s.in.reserve) + (step * s.n + n) * 5 * H;
      const auto at = [&](std::int64_t block, std::int64_t j) {
        return static_cast<double>(kept[block * H + j]);
      };
      for (std::int64_t j = 0; j < H; ++j) {
        const double i = at(0, j), f = at(1, j), g = at(2, j), o = at(3, j);
        const double y = activated(s.activation, at(4, j));
        const double dcj = dc[j] + dh[j] * o * slope_of(s.activation, y);
        dz[j] = dcj * g * slope_of(s.recurrent_activation, i);
        dz[H + j] = dcj * c[j] * slope_of(s.recurrent_activation, f);
        dz[2 * H + j] = dcj * i * slope_of(s.activation, g);
        dz[3 * H + j] = dh[j] * y * slope_of(s.recurrent_activation, o);
        dc[j] = dcj * f;
      }
      std::fill_n(dh, H, 0.0);
      input.backward(a.in<T>(0) + (n * s.t + time) * s.i, dz, dx, sums.kernel, 0, 4);
      state.backward(h, dz, dh, sums.recurrent, 0, 4);
      add_row(1, dz, 4 * H, sums.bias);
    }
    if (s.x_grad) store_all(dx, s.i, a.out<T>(0) + (n * s.t + time) * s.i);
  }
  store_all(dh, H, a.out<T>(first) + n * H);
  store_all(dc, H, a.out<T>(first + 1) + n * H);
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const RecurrentShape s(cell, r, false);
  return dispatch<Types::floating>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run =
                              [s](const KernelArgs& a) {
                                for (std::int64_t n = 0; n < s.n; ++n)
                                  forward<T>(s, a, n, static_cast<double*>(a.workspace));
                              },
                          .workspace_bytes = static_cast<std::size_t>(7 * s.h) * sizeof(double)};
  });
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  const RecurrentShape s(cell, r, true);
  const std::int64_t memory = GradientSums<float>::size(s, 4) + 9 * s.h + s.i;
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run =
                              [s](const KernelArgs& a) {
                                const GradientSums<T> sums(s, 4, static_cast<double*>(a.workspace));
                                for (std::int64_t n = 0; n < s.n; ++n)
                                  backward<T>(s, a, n, sums, sums.end);
                                sums.write(s, a, s.x_grad ? 3 : 2);
                              },
                          .workspace_bytes = static_cast<std::size_t>(memory) * sizeof(double)};
  });
}

PreparedKernel prepare_fast(const KernelRequest& r, std::string& why_not) {
  return prepare_fast_recurrent(cell, false, r, why_not);
}
PreparedKernel prepare_fast_grad(const KernelRequest& r, std::string& why_not) {
  return prepare_fast_recurrent_grad(cell, false, r, why_not);
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_lstm(KernelTable& table) {
  table.add("lstm", {.name = "fast", .prepare = cpu::prepare_fast});
  table.add("lstm_grad", {.name = "fast", .prepare = cpu::prepare_fast_grad});
  cpu::add_reference(table, "lstm", cpu::prepare);
  cpu::add_reference(table, "lstm_grad", cpu::prepare_grad);
}

}  // namespace weft::registration
