// The CPU's kernel of a pointwise functor: loops for the types that are computed with, chosen once
// when the kernel is prepared. Everything that does not depend on the functor is in runner.cpp, so
// that sixty functors compile in reasonable time.
#pragma once
#include <weft/core/functors/functor.h>

#include <string>

#include "backends/cpu/kernels/pointwise/runner.hpp"

// Elements do not depend on each other, and an output may be the very memory of an input: without
// this the compiler's test for overlap would send every in-place op to the scalar loop.
#if defined(__clang__)
#define WEFT_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define WEFT_INDEPENDENT _Pragma("GCC ivdep")
#else
#define WEFT_INDEPENDENT
#endif

namespace weft::cpu {

template <class F, class T>
using ResultOf = std::conditional_t<F::kind == functors::Kind::comparison, bool, T>;

template <class F, class T>
void unary_loop(const void* functor, const Block& block, const void* const* in, void* out) {
  const F f = *static_cast<const F*>(functor);
  const T* x = static_cast<const T*>(in[0]);
  auto* y = static_cast<ResultOf<F, T>*>(out);
  const std::int64_t n = block.rows * block.columns;
  WEFT_INDEPENDENT
  for (std::int64_t i = 0; i < n; ++i) y[i] = f(x[i]);
}

/// SA, SB: the column strides, 0 or 1.
template <class F, class T, int SA, int SB>
void binary_loop(const void* functor, const Block& block, const void* const* in, void* out) {
  const F f = *static_cast<const F*>(functor);
  const std::int64_t n = block.columns;
  auto* y = static_cast<ResultOf<F, T>*>(out);
  for (std::int64_t row = 0; row < block.rows; ++row) {
    const T* a = static_cast<const T*>(in[0]) + row * block.row_stride[0];
    const T* b = static_cast<const T*>(in[1]) + row * block.row_stride[1];
    auto* o = y + row * n;
    if constexpr (SA == 0) {
      const T one = *a;
      WEFT_INDEPENDENT
      for (std::int64_t i = 0; i < n; ++i) o[i] = f(one, b[i]);
    } else if constexpr (SB == 0) {
      const T one = *b;
      WEFT_INDEPENDENT
      for (std::int64_t i = 0; i < n; ++i) o[i] = f(a[i], one);
    } else {
      WEFT_INDEPENDENT
      for (std::int64_t i = 0; i < n; ++i) o[i] = f(a[i], b[i]);
    }
  }
}

/// A choice of two by a bool. T is any type of the values' size: they are only moved.
template <class F, class T>
void select_loop(const void* functor, const Block& block, const void* const* in, void* out) {
  const F f = *static_cast<const F*>(functor);
  const std::int64_t n = block.columns, sc = block.column_stride[0], sa = block.column_stride[1],
                     sb = block.column_stride[2];
  for (std::int64_t row = 0; row < block.rows; ++row) {
    const bool* c = static_cast<const bool*>(in[0]) + row * block.row_stride[0];
    const T* a = static_cast<const T*>(in[1]) + row * block.row_stride[1];
    const T* b = static_cast<const T*>(in[2]) + row * block.row_stride[2];
    T* o = static_cast<T*>(out) + row * n;
    if (sc == 1 && sa == 1 && sb == 1) {
      WEFT_INDEPENDENT
      for (std::int64_t i = 0; i < n; ++i) o[i] = f(c[i], a[i], b[i]);
    } else {
      for (std::int64_t i = 0; i < n; ++i) o[i] = f(c[i * sc], a[i * sa], b[i * sb]);
    }
  }
}

template <class F, class T>
BlockLoop loop_of(const Block& block) {
  if constexpr (F::arity == 1) {
    return &unary_loop<F, T>;
  } else {
    if (block.column_stride[0] == 0) return &binary_loop<F, T, 0, 1>;
    return block.column_stride[1] == 0 ? &binary_loop<F, T, 1, 0> : &binary_loop<F, T, 1, 1>;
  }
}

/// Null when the functor has no loops for the type.
template <class F>
BlockLoop find_loop(DType compute, const Block& block) {
  using functors::Kind;
  if constexpr (F::kind == Kind::select) {
    switch (compute.itemsize()) {
      case 1:
        return &select_loop<F, std::uint8_t>;
      case 2:
        return &select_loop<F, std::uint16_t>;
      case 4:
        return &select_loop<F, std::uint32_t>;
      case 8:
        return &select_loop<F, std::uint64_t>;
      default:
        return nullptr;
    }
  } else if constexpr (F::kind == Kind::logical) {
    return compute == DType::boolean ? loop_of<F, bool>(block) : nullptr;
  } else {
    if (compute == DType::float32) return loop_of<F, float>(block);
    if (compute == DType::float64) return loop_of<F, double>(block);
    if constexpr (F::kind != Kind::floating) {
      if (compute == DType::int32) return loop_of<F, std::int32_t>(block);
      if (compute == DType::int64) return loop_of<F, std::int64_t>(block);
      if (compute == DType::uint8) return loop_of<F, std::uint8_t>(block);
      if (compute == DType::uint64) return loop_of<F, std::uint64_t>(block);
      if constexpr (F::accepts_bool) {
        if (compute == DType::boolean) return loop_of<F, bool>(block);
      }
    }
    return nullptr;
  }
}

template <class F>
PreparedKernel prepare_pointwise(const KernelRequest& request, std::string& why_not) {
  constexpr bool selects = F::kind == functors::Kind::select;
  Pointwise kernel;
  kernel.operands = F::arity;
  kernel.geometry = make_geometry(request.outputs[0].shape, request.inputs);
  kernel.storage = request.inputs[F::arity - 1].dtype;
  const DType compute = selects ? kernel.storage : compute_dtype(kernel.storage);
  kernel.converts = !(compute == kernel.storage);
  kernel.converts_output = kernel.converts && F::kind != functors::Kind::comparison;
  for (std::size_t i = 0; i < request.inputs.size(); ++i)
    kernel.in_bytes[i] = request.inputs[i].dtype.itemsize();
  kernel.out_bytes = request.outputs[0].dtype.itemsize();
  kernel.loop = find_loop<F>(compute, kernel.geometry.block);
  if (kernel.loop == nullptr) {
    why_not = "no loop for " + kernel.storage.name();
    return {};
  }
  F functor;
  functor.configure(request.attrs);
  PreparedKernel prepared;
  prepared.run = [kernel, functor](const KernelArgs& args) { run(kernel, &functor, args); };
  return prepared;
}

/// One entry: there is no slower one to compare with, and what it computes the tests compare with
/// formulas.
template <class F>
void register_pointwise(KernelTable& table) {
  table.add(F::name, {"loops", false, &prepare_pointwise<F>});
}

}  // namespace weft::cpu
