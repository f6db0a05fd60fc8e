// softmax, log_softmax and their gradients along one axis: a block to a line, sums in float32
// (float64 for float64).
#include "backends/cuda/kernel.hpp"
#include "core/functors/math.h"

namespace weft::cuda {
namespace {

/// Lines of `size` elements, `inner` apart; line number l begins at begin(l).
struct Lines {
  std::int64_t count, size, inner;
  WEFT_HD std::int64_t begin(std::int64_t line) const {
    return line / inner * inner * size + line % inner;
  }
};

template <class T>
__device__ Compute<T> lowest() {
  return -math::inf_of(Compute<T>());
}

/// The largest number of a line, and the sum of exp(x - largest).
template <class T>
struct LineStatistics {
  Compute<T> largest, sum;

  __device__ LineStatistics(const T* x, const Lines& v) {
    using C = Compute<T>;
    C m = lowest<T>();
    for_each_in_block(v.size, [&](std::int64_t i) { m = math::max(m, load(x[i * v.inner])); });
    largest = block_reduce(m, lowest<T>(), Max());
    C s = 0;
    for_each_in_block(v.size,
                      [&](std::int64_t i) { s += math::exp(load(x[i * v.inner]) - largest); });
    sum = block_reduce(s, C(0), Sum());
  }
};

struct Softmax {
  template <class T>
  static __device__ void line(const Lines& v, const T* x, const T*, T* y) {
    const LineStatistics<T> of(x, v);
    const Compute<T> scale = Compute<T>(1) / of.sum;
    for_each_in_block(v.size, [&](std::int64_t i) {
      y[i * v.inner] = store<T>(math::exp(load(x[i * v.inner]) - of.largest) * scale);
    });
  }
};

struct LogSoftmax {
  template <class T>
  static __device__ void line(const Lines& v, const T* x, const T*, T* y) {
    const LineStatistics<T> of(x, v);
    const Compute<T> log_sum = math::log(of.sum);
    for_each_in_block(v.size, [&](std::int64_t i) {
      y[i * v.inner] = store<T>(load(x[i * v.inner]) - of.largest - log_sum);
    });
  }
};

struct SoftmaxGrad {
  template <class T>
  static __device__ void line(const Lines& v, const T* y, const T* dy, T* dx) {
    Compute<T> dot = 0;
    for_each_in_block(v.size,
                      [&](std::int64_t i) { dot += load(y[i * v.inner]) * load(dy[i * v.inner]); });
    dot = block_reduce(dot, Compute<T>(0), Sum());
    for_each_in_block(v.size, [&](std::int64_t i) {
      dx[i * v.inner] = store<T>(load(y[i * v.inner]) * (load(dy[i * v.inner]) - dot));
    });
  }
};

struct LogSoftmaxGrad {
  template <class T>
  static __device__ void line(const Lines& v, const T* y, const T* dy, T* dx) {
    Compute<T> sum = 0;
    for_each_in_block(v.size, [&](std::int64_t i) { sum += load(dy[i * v.inner]); });
    sum = block_reduce(sum, Compute<T>(0), Sum());
    for_each_in_block(v.size, [&](std::int64_t i) {
      dx[i * v.inner] = store<T>(load(dy[i * v.inner]) - math::exp(load(y[i * v.inner])) * sum);
    });
  }
};

template <class Op, class T>
__global__ void lines_kernel(Lines v, const T* a, const T* b, T* out) {
  for_each_row(v.count, [&](std::int64_t line) {
    const std::int64_t at = v.begin(line);
    Op::line(v, a + at, b + at, out + at);
  });
}

Lines lines_of(const KernelRequest& r) {
  const auto axis = r.attrs.get<std::int64_t>("axis");
  const Shape& shape = r.inputs[0].shape;
  const AxisView v(shape, axis);
  return {v.outer * v.inner, v.size, v.inner};
}

template <class Op>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [v = lines_of(r), two = r.inputs.size() == 2](const KernelArgs& a) {
          launch(lines_kernel<Op, T>, shape_for_rows(v.count, v.size), a.stream, v, a.in<T>(0),
                 a.in<T>(two ? 1 : 0), a.out<T>(0));
        }};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_softmax(KernelTable& table) {
  cuda::add_kernel(table, "softmax", cuda::prepare<cuda::Softmax>);
  cuda::add_kernel(table, "softmax_grad", cuda::prepare<cuda::SoftmaxGrad>);
  cuda::add_kernel(table, "log_softmax", cuda::prepare<cuda::LogSoftmax>);
  cuda::add_kernel(table, "log_softmax_grad", cuda::prepare<cuda::LogSoftmaxGrad>);
}

}  // namespace weft::registration
