// The CUDA kernels of a pointwise functor: one that works on an element at a time, for any layout,
// and for types of up to four bytes one that works on 16 bytes. The rarer integers share a kernel,
// which computes in 64 bits: modulo 2^n the results are the same.
#pragma once
#if defined(__CUDACC__)
#pragma nv_diag_suppress 186  // functors compare with 0, which is pointless where T has no sign
#endif
#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/pointwise_runner.hpp"

namespace weft::cuda {

template <class F, class T>
__global__ void pointwise_kernel(FunctorBytes functor, PointwiseArgs p) {
  using P = Pointwise<F, T>;
  if (is_refused(p.refused)) return;
  const F f = functor_of<F>(functor);
  const auto* a = static_cast<const typename P::First*>(p.in[0]);
  const T* b = static_cast<const T*>(p.in[F::arity > 1 ? 1 : 0]);
  const T* c = static_cast<const T*>(p.in[F::arity > 2 ? 2 : 0]);
  auto* y = static_cast<typename P::Result*>(p.out);
  const std::uint32_t step = gridDim.x * blockDim.x;
  for (std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x; i < p.count; i += step) {
    std::uint32_t at[F::arity];
    p.broadcast.find(i, p.axes, at);
    const auto x = a[at[0]];
    if constexpr (F::arity == 1)
      y[i] = P::apply(f, x, x, x);
    else if constexpr (F::arity == 2)
      y[i] = P::apply(f, x, b[at[1]], T());
    else
      y[i] = P::apply(f, x, b[at[1]], c[at[2]]);
  }
}

/// `n` elements of an operand: side by side, or one again and again.
template <class T, int N>
__device__ __forceinline__ Vector<T, N> load_operand(const T* x, bool varies, int n) {
  if (varies && n == N) return load_vector<Vector<T, N>>(x);
  Vector<T, N> v;
  v.at[0] = x[0];
  WEFT_UNROLL
  for (int j = 1; j < N; ++j) v.at[j] = varies && j < n ? x[j] : v.at[0];
  return v;
}

template <class F, class T, int N>
__global__ void pointwise_vector_kernel(FunctorBytes functor, PointwiseArgs p) {
  using P = Pointwise<F, T>;
  if (is_refused(p.refused)) return;
  const F f = functor_of<F>(functor);
  const auto* a = static_cast<const typename P::First*>(p.in[0]);
  auto* y = static_cast<typename P::Result*>(p.out);
  const std::uint32_t step = gridDim.x * blockDim.x;
  for (std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x; i * N < p.count; i += step) {
    std::uint32_t at[F::arity];
    p.broadcast.find(i, p.axes, at);
    const int n = p.count - i * N < N ? static_cast<int>(p.count - i * N) : N;
    const auto x = load_operand<typename P::First, N>(a + at[0], p.broadcast.varies(0), n);
    Vector<T, N> b = {}, c = {};
    if constexpr (F::arity > 1) {
      b = load_operand<T, N>(static_cast<const T*>(p.in[1]) + at[1], p.broadcast.varies(1), n);
    }
    if constexpr (F::arity > 2) {
      c = load_operand<T, N>(static_cast<const T*>(p.in[2]) + at[2], p.broadcast.varies(2), n);
    }
    Vector<typename P::Result, N> out;
    WEFT_UNROLL
    for (int j = 0; j < N; ++j) out.at[j] = P::apply(f, x.at[j], b.at[j], c.at[j]);
    if (n == N) {
      store_vector(y + i * N, out);
    } else {
      WEFT_UNROLL
      for (int j = 0; j < N; ++j) {
        if (j < n) y[i * N + j] = out.at[j];
      }
    }
  }
}

/// Operands of any integer type, computed in int64.
template <class F>
__global__ void pointwise_integer_kernel(FunctorBytes functor, PointwiseArgs p) {
  using P = Pointwise<F, std::int64_t>;
  if (is_refused(p.refused)) return;
  const F f = functor_of<F>(functor);
  const std::uint32_t step = gridDim.x * blockDim.x;
  for (std::uint32_t i = blockIdx.x * blockDim.x + threadIdx.x; i < p.count; i += step) {
    std::uint32_t at[F::arity];
    p.broadcast.find(i, p.axes, at);
    const std::int64_t x = load_index(p.in[0], p.storage, at[0]);
    std::int64_t z = 0;
    if constexpr (F::arity > 1) z = load_index(p.in[1], p.storage, at[1]);
    const auto y = P::apply(f, x, z, 0);
    if (P::compares || p.storage == DType::int8)
      static_cast<unsigned char*>(p.out)[i] = static_cast<unsigned char>(y);
    else if (p.storage == DType::uint32)
      static_cast<std::uint32_t*>(p.out)[i] = static_cast<std::uint32_t>(y);
    else
      static_cast<std::uint16_t*>(p.out)[i] = static_cast<std::uint16_t>(y);
  }
}

template <class F, class T>
PointwiseKernels pointwise_kernels() {
  PointwiseKernels kernels{.single = pointwise_kernel<F, T>};
  if constexpr (sizeof(T) <= 4) {
    constexpr int width = sizeof(T) == 4 ? 4 : 8;
    kernels.width = width;
    kernels.vectors = pointwise_vector_kernel<F, T, width>;
  }
  return kernels;
}

/// The kernels for a dtype; without `single` when the functor has none for it.
template <class F>
PointwiseKernels find_kernels(DType dtype) {
  using functors::Kind;
  if constexpr (F::kind == Kind::select) {
    switch (dtype.itemsize()) {
      case 1:
        return pointwise_kernels<F, std::uint8_t>();
      case 2:
        return pointwise_kernels<F, std::uint16_t>();
      case 4:
        return pointwise_kernels<F, std::uint32_t>();
      default:
        return pointwise_kernels<F, std::uint64_t>();
    }
  } else if constexpr (F::kind == Kind::logical) {
    return dtype == DType::boolean ? pointwise_kernels<F, std::uint8_t>() : PointwiseKernels();
  } else {
    if (dtype == DType::float32) return pointwise_kernels<F, float>();
    if (dtype == DType::float64) return pointwise_kernels<F, double>();
    if (dtype == DType::float16) return pointwise_kernels<F, Float16>();
    if (dtype == DType::bfloat16) return pointwise_kernels<F, BFloat16>();
    if constexpr (F::kind != Kind::floating) {
      if (dtype == DType::boolean) {
        if constexpr (F::accepts_bool) return pointwise_kernels<F, bool>();
        return {};
      }
      if (dtype == DType::int32) return pointwise_kernels<F, std::int32_t>();
      if (dtype == DType::int64) return pointwise_kernels<F, std::int64_t>();
      if (dtype == DType::uint8) return pointwise_kernels<F, std::uint8_t>();
      if (dtype == DType::uint64) return pointwise_kernels<F, std::uint64_t>();
      return {.single = pointwise_integer_kernel<F>};
    }
    return {};
  }
}

template <class F>
PreparedKernel prepare_pointwise(const KernelRequest& r, std::string& why_not) {
  const DType dtype = r.inputs[F::arity - 1].dtype;
  const PointwiseKernels kernels = find_kernels<F>(dtype);
  if (kernels.single == nullptr) {
    why_not = "not for dtype " + dtype.name();
    return {};
  }
  return prepare_with(r, kernels, make_functor<F>(r.attrs));
}

/// The kernels of op F::name.
template <class F>
void register_pointwise(KernelTable& table) {
  add_kernel(table, F::name, prepare_pointwise<F>);
}

}  // namespace weft::cuda
