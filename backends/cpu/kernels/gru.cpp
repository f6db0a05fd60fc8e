// gru and gru_grad: the fast kernel, and the reference in every floating dtype. The reserve of a
// step is z, r, the candidate, the state's share of it (h U_h + b'_h, with reset_after), h; of a
// masked step only the last is used: the h that it carries.
#include "backends/cpu/kernels/recurrent_fast.hpp"
#include "backends/cpu/kernels/recurrent_reference.hpp"

namespace weft::cpu {
namespace {

constexpr const weft::detail::CellKind& cell = weft::detail::gru_cell;

/// x_t kernel + b in z, h recurrent_kernel + b' in u, [3H] each.
template <class T>
struct Products {
  Product<T> input, state;
  const T* bias;
  bool reset_after;
  std::int64_t H;

  Products(const RecurrentShape& s, const KernelArgs& a, std::int64_t n)
      : input(input_product<T>(s, 3, a, n)),
        state(state_product<T>(s, 3, a, n)),
        bias(optional_input<T>(a, s.in.bias)),
        reset_after(s.reset_after),
        H(s.h) {}

  /// All of z; of u the gates z and r, and with reset_after the candidate's.
  void first(const T* x, const double* h, double* z, double* u) const {
    std::fill_n(z, 3 * H, 0.0);
    std::fill_n(u, 3 * H, 0.0);
    if (bias != nullptr) {
      load_all(bias, 3 * H, z);
      if (reset_after) load_all(bias + 3 * H, 3 * H, u);
    }
    input.forward(x, z, 0, 3);
    state.forward(h, u, 0, reset_after ? 3 : 2);
  }
};

/// One sequence; memory: 6H + 3H doubles.
template <class T>
void forward(const RecurrentShape& s, const KernelArgs& a, std::int64_t n, double* memory) {
  const std::int64_t H = s.h;
  double *z = memory, *u = z + 3 * H, *h = u + 3 * H, *y = h + H, *reset = y + H;
  load_all(a.in<T>(s.in.state) + n * H, H, h);
  std::fill_n(y, H, 0.0);
  const bool* mask = optional_input<bool>(a, s.in.mask);
  const Products<T> products(s, a, n);
  for (std::int64_t step = 0; step < s.t; ++step) {
    const std::int64_t time = s.time(step);
    Reserve<T>* kept = s.reserve ? a.out<Reserve<T>>(2) + (step * s.n + n) * 5 * H : nullptr;
    if (mask == nullptr || mask[n * s.t + time]) {
      products.first(a.in<T>(0) + (n * s.t + time) * s.i, h, z, u);
      for (std::int64_t j = 0; j < 2 * H; ++j)
        z[j] = activated(s.recurrent_activation, z[j] + u[j]);
      const double* r = z + H;
      if (!s.reset_after) {
        for (std::int64_t j = 0; j < H; ++j) reset[j] = r[j] * h[j];
        products.state.forward(reset, u, 2, 3);
      }
      for (std::int64_t j = 0; j < H; ++j) {
        const double share = u[2 * H + j];
        const double c = activated(s.activation, z[2 * H + j] + (s.reset_after ? r[j] : 1) * share);
        y[j] = h[j] = z[j] * h[j] + (1 - z[j]) * c;
        if (kept == nullptr) continue;
        kept[j] = static_cast<Reserve<T>>(z[j]);
        kept[H + j] = static_cast<Reserve<T>>(r[j]);
        kept[2 * H + j] = static_cast<Reserve<T>>(c);
        kept[3 * H + j] = static_cast<Reserve<T>>(share);
      }
    } else {
      if (s.zero_output) std::fill_n(y, H, 0.0);
      if (kept != nullptr) std::fill_n(kept, 4 * H, Reserve<T>(0));
    }
    if (kept != nullptr) store_all(h, H, kept + 4 * H);
    if (s.sequences) store_all(y, H, a.out<T>(0) + (n * s.t + step) * H);
  }
  if (!s.sequences) store_all(y, H, a.out<T>(0) + n * H);
  store_all(h, H, a.out<T>(1) + n * H);
}

/// Memory of one sequence's gradient.
struct BackMemory {
  double *dx_side, *dh_side;  // gradients of what `first` makes, [3H] each
  double *dh, *carry, *h, *reset, *d_reset, *dx;
  BackMemory(double* memory, std::int64_t H)
      : dx_side(memory),
        dh_side(dx_side + 3 * H),
        dh(dh_side + 3 * H),
        carry(dh + H),
        h(carry + H),
        reset(h + H),
        d_reset(reset + H),
        dx(d_reset + H) {}
};

/// The gradient of one step that counts; m.h is the state before it.
template <class T>
void step_back(const RecurrentShape& s, const Products<T>& products, const Reserve<T>* kept,
               const T* x, const GradientSums<T>& sums, const BackMemory& m) {
  const std::int64_t H = s.h;
  const auto at = [&](std::int64_t block, std::int64_t j) {
    return static_cast<double>(kept[block * H + j]);
  };
  for (std::int64_t j = 0; j < H; ++j) {
    const double z = at(0, j), r = at(1, j), c = at(2, j), d = m.dh[j];
    const double e = d * (1 - z) * slope_of(s.activation, c);
    m.dx_side[j] = m.dh_side[j] = d * (m.h[j] - c) * slope_of(s.recurrent_activation, z);
    m.dx_side[2 * H + j] = e;
    m.dh_side[2 * H + j] = s.reset_after ? e * r : e;
    const double dr = s.reset_after ? e * at(3, j) : 0;
    m.dx_side[H + j] = m.dh_side[H + j] = dr * slope_of(s.recurrent_activation, r);
    m.dh[j] = d * z;
    m.reset[j] = r * m.h[j];
  }
  if (!s.reset_after) {
    std::fill_n(m.d_reset, H, 0.0);
    products.state.backward(m.reset, m.dh_side, m.d_reset, sums.recurrent, 2, 3);
    for (std::int64_t j = 0; j < H; ++j) {
      const double r = at(1, j);
      m.dh[j] += m.d_reset[j] * r;
      m.dx_side[H + j] = m.dh_side[H + j] =
          m.d_reset[j] * m.h[j] * slope_of(s.recurrent_activation, r);
    }
  }
  products.input.backward(x, m.dx_side, m.dx, sums.kernel, 0, 3);
  products.state.backward(m.h, m.dh_side, m.dh, sums.recurrent, 0, s.reset_after ? 3 : 2);
  add_row(1, m.dx_side, 3 * H, sums.bias);
  if (s.reset_after) add_row(1, m.dh_side, 3 * H, sums.bias + 3 * H);
}

template <class T>
void backward(const RecurrentShape& s, const KernelArgs& a, std::int64_t n,
              const GradientSums<T>& sums, double* memory) {
  const std::int64_t H = s.h;
  const BackMemory m(memory, H);
  const T* d_h = optional_input<T>(a, s.in.d_state[0]);
  const bool* mask = optional_input<bool>(a, s.in.mask);
  std::fill_n(m.dh, H, 0.0);
  if (d_h != nullptr) load_all(d_h + n * H, H, m.dh);
  OutputGradient<T> output(s, optional_input<T>(a, s.in.d_output), n, m.carry);
  const Products<T> products(s, a, n);
  for (std::int64_t step = s.t; step-- > 0;) {
    const std::int64_t time = s.time(step);
    const bool valid = mask == nullptr || mask[n * s.t + time];
    output.step(step, valid, m.dh);
    std::fill_n(m.dx, s.i, 0.0);
    if (valid) {
      const Reserve<T>* kept = a.in<Reserve<T>>(s.in.reserve) + (step * s.n + n) * 5 * H;
      if (step == 0)
        load_all(a.in<T>(s.in.state) + n * H, H, m.h);
      else
        load_all(kept - s.n * 5 * H + 4 * H, H, m.h);
      step_back<T>(s, products, kept, a.in<T>(0) + (n * s.t + time) * s.i, sums, m);
    }
    if (s.x_grad) store_all(m.dx, s.i, a.out<T>(0) + (n * s.t + time) * s.i);
  }
  store_all(m.dh, H, a.out<T>(s.x_grad ? 1 : 0) + n * H);
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const RecurrentShape s(cell, r, false);
  return dispatch<Types::floating>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run =
                              [s](const KernelArgs& a) {
                                for (std::int64_t n = 0; n < s.n; ++n)
                                  forward<T>(s, a, n, static_cast<double*>(a.workspace));
                              },
                          .workspace_bytes = static_cast<std::size_t>(9 * s.h) * sizeof(double)};
  });
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  RecurrentShape s(cell, r, true);
  const std::int64_t memory = GradientSums<float>::size(s, 3) + 11 * s.h + s.i;
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run =
                              [s](const KernelArgs& a) {
                                const GradientSums<T> sums(s, 3, static_cast<double*>(a.workspace));
                                for (std::int64_t n = 0; n < s.n; ++n)
                                  backward<T>(s, a, n, sums, sums.end);
                                sums.write(s, a, s.x_grad ? 2 : 1);
                              },
                          .workspace_bytes = static_cast<std::size_t>(memory) * sizeof(double)};
  });
}

PreparedKernel prepare_fast(const KernelRequest& r, std::string& why_not) {
  return prepare_fast_recurrent(cell, true, r, why_not);
}
PreparedKernel prepare_fast_grad(const KernelRequest& r, std::string& why_not) {
  return prepare_fast_recurrent_grad(cell, true, r, why_not);
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_gru(KernelTable& table) {
  table.add("gru", {.name = "fast", .prepare = cpu::prepare_fast});
  table.add("gru_grad", {.name = "fast", .prepare = cpu::prepare_fast_grad});
  cpu::add_reference(table, "gru", cpu::prepare);
  cpu::add_reference(table, "gru_grad", cpu::prepare_grad);
}

}  // namespace weft::registration
