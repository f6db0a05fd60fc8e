// interpolate and its gradient: each line of the output is a sum of few lines of the input, with
// weights that are known when the kernel is prepared. The gradient is the same with the matrix of
// weights transposed.
#include <algorithm>
#include <vector>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/shapes/interpolate_weights.hpp"

namespace weft::cpu {
namespace {

/// The weights of one line of the output: of input lines first, first + 1, ...
struct Taps {
  std::int64_t first = 0;
  std::vector<double> weights;
};
using Matrix = std::vector<Taps>;

Matrix matrix_of(const InterpolateWeights& w) {
  Matrix m(static_cast<std::size_t>(w.size * w.scale));
  for (std::size_t o = 0; o < m.size(); ++o) {
    const auto line = static_cast<std::int64_t>(o);
    m[o].first = w.first(line);
    double sum = 0;
    for (std::int64_t j = m[o].first; j < w.end(line); ++j) {
      m[o].weights.push_back(w.weight(line, j));
      sum += m[o].weights.back();
    }
    for (double& x : m[o].weights) x /= sum;
  }
  return m;
}

/// Without the zeros before and behind.
void trim(Taps& t) {
  while (!t.weights.empty() && t.weights.back() == 0) t.weights.pop_back();
  const auto begin =
      std::find_if(t.weights.begin(), t.weights.end(), [](double w) { return w != 0; });
  t.first += begin - t.weights.begin();
  t.weights.erase(t.weights.begin(), begin);
}

Matrix transposed(const Matrix& m, std::int64_t size) {
  Matrix out(static_cast<std::size_t>(size));
  for (Taps& t : out) t.weights.assign(m.size(), 0);
  for (std::size_t o = 0; o < m.size(); ++o) {
    for (std::size_t k = 0; k < m[o].weights.size(); ++k)
      out[static_cast<std::size_t>(m[o].first) + k].weights[o] = m[o].weights[k];
  }
  return out;
}

template <class T>
void multiply(const Matrix& m, std::int64_t outer, std::int64_t size, std::int64_t inner,
              const T* x, T* y) {
  using C = Compute<T>;
  for (std::int64_t o = 0; o < outer; ++o, x += size * inner) {
    for (const Taps& t : m) {
      const T* from = x + t.first * inner;
      for (std::int64_t i = 0; i < inner; ++i, ++from) {
        C sum = 0;
        for (std::size_t k = 0; k < t.weights.size(); ++k) {
          sum += static_cast<C>(t.weights[k]) * load(from[static_cast<std::int64_t>(k) * inner]);
        }
        *y++ = store<T>(sum);
      }
    }
  }
}

template <bool gradient>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const Shape& small = gradient ? r.outputs[0].shape : r.inputs[0].shape;
  const auto axis = r.attrs.get<std::int64_t>("axis");
  const AxisView v(r.inputs[0].shape, axis);
  const AxisView s(small, axis);
  Matrix m = matrix_of(interpolate_weights(r.attrs, s.size));
  if (gradient) m = transposed(m, s.size);
  for (Taps& t : m) trim(t);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [m, v](const KernelArgs& a) {
      multiply(m, v.outer, v.size, v.inner, a.in<T>(0), a.out<T>(0));
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_interpolate(KernelTable& table) {
  cpu::add_reference(table, "interpolate", cpu::prepare<false>);
  cpu::add_reference(table, "interpolate_grad", cpu::prepare<true>);
}

}  // namespace weft::registration
