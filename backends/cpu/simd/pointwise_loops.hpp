// The loops of pointwise functors. Included by generated files, which compile those of float for
// each instruction set, and by kernels/pointwise/pointwise_kernel.hpp for the other types.
#pragma once
#include <weft/core/functors/functor.h>

#include "backends/cpu/simd/block.hpp"
#include "backends/cpu/simd/independent.hpp"

#ifndef WEFT_ISA
#define WEFT_ISA baseline
#endif

namespace weft::cpu::WEFT_ISA {
namespace {  // internal: no instruction set may lend its copy of a loop to another

template <class F, class T, bool = F::kind == functors::Kind::comparison>
struct Result {
  using type = T;
};
template <class F, class T>
struct Result<F, T, true> {
  using type = bool;
};

template <class F, class T, class R>
WEFT_HD void unary_row(const F& f, const T* x, R* y, Index n) {
  WEFT_INDEPENDENT
  for (Index i = 0; i < n; ++i) y[i] = f(x[i]);
}

template <class F, class T>
void unary_loop(const void* functor, const Block& block, const void* const* in, void* out) {
  using R = typename Result<F, T>::type;
  const F f = *static_cast<const F*>(functor);
  for (Index row = 0; row < block.rows; ++row) {
    const T* x = static_cast<const T*>(in[0]) + row * block.row_stride[0];
    R* y = static_cast<R*>(out) + row * block.out_stride;
    if constexpr (requires { f.approximate; }) {  // a loop for each: gelu has two formulas
      F one;
      if (f.approximate) {
        one.approximate = true;
        unary_row(one, x, y, block.columns);
      } else {
        one.approximate = false;
        unary_row(one, x, y, block.columns);
      }
    } else {
      unary_row(f, x, y, block.columns);
    }
  }
}

/// SA, SB: the column strides, 0 or 1.
template <class F, class T, int SA, int SB>
void binary_loop(const void* functor, const Block& block, const void* const* in, void* out) {
  using R = typename Result<F, T>::type;
  const F f = *static_cast<const F*>(functor);
  const Index n = block.columns;
  for (Index row = 0; row < block.rows; ++row) {
    const T* a = static_cast<const T*>(in[0]) + row * block.row_stride[0];
    const T* b = static_cast<const T*>(in[1]) + row * block.row_stride[1];
    R* y = static_cast<R*>(out) + row * block.out_stride;
    if constexpr (SA == 0) {
      const T one = *a;
      WEFT_INDEPENDENT
      for (Index i = 0; i < n; ++i) y[i] = f(one, b[i]);
    } else if constexpr (SB == 0) {
      const T one = *b;
      WEFT_INDEPENDENT
      for (Index i = 0; i < n; ++i) y[i] = f(a[i], one);
    } else {
      WEFT_INDEPENDENT
      for (Index i = 0; i < n; ++i) y[i] = f(a[i], b[i]);
    }
  }
}

/// A choice of two by a bool, read as the byte that it is. T is any type of the values' size: they
/// are only moved.
template <class F, class T, int SC, int SA, int SB>
void select_loop(const void* functor, const Block& block, const void* const* in, void* out) {
  const F f = *static_cast<const F*>(functor);
  const Index n = block.columns;
  for (Index row = 0; row < block.rows; ++row) {
    const auto* c = static_cast<const unsigned char*>(in[0]) + row * block.row_stride[0];
    const T* a = static_cast<const T*>(in[1]) + row * block.row_stride[1];
    const T* b = static_cast<const T*>(in[2]) + row * block.row_stride[2];
    T* y = static_cast<T*>(out) + row * block.out_stride;
    const unsigned char c0 = *c;
    const T a0 = *a, b0 = *b;
    WEFT_INDEPENDENT
    for (Index i = 0; i < n; ++i)
      y[i] = f((SC == 0 ? c0 : c[i]) != 0, SA == 0 ? a0 : a[i], SB == 0 ? b0 : b[i]);
  }
}

template <class F, class T>
constexpr BlockLoops loops_of() {
  if constexpr (F::kind == functors::Kind::select) {
    return {{&select_loop<F, T, 1, 1, 1>, &select_loop<F, T, 1, 0, 0>, &select_loop<F, T, 0, 1, 0>,
             &select_loop<F, T, 1, 1, 0>, &select_loop<F, T, 0, 0, 1>, &select_loop<F, T, 1, 0, 1>,
             &select_loop<F, T, 0, 1, 1>, &select_loop<F, T, 1, 1, 1>}};
  } else if constexpr (F::arity == 1) {
    return {{&unary_loop<F, T>, &unary_loop<F, T>}};
  } else {
    return {{&binary_loop<F, T, 1, 1>, &binary_loop<F, T, 1, 0>, &binary_loop<F, T, 0, 1>,
             &binary_loop<F, T, 1, 1>}};
  }
}

/// The type whose loops the instruction sets have: float; four bytes that are moved; bools as the
/// bytes that they are, which vectorise where bools do not.
template <functors::Kind K>
struct MainType {
  using type = float;
};
template <>
struct MainType<functors::Kind::select> {
  using type = unsigned;
};
template <>
struct MainType<functors::Kind::logical> {
  using type = unsigned char;
};

template <class F>
constexpr BlockLoops main_loops() {
  return loops_of<F, typename MainType<F::kind>::type>();
}

}  // namespace
}  // namespace weft::cpu::WEFT_ISA
