#include "backends/cpu/simd/reduce.hpp"

#include <weft/core/functors/host_device.h>

#if defined(__AVX__)
#include <immintrin.h>
#endif

namespace weft::cpu::WEFT_ISA {
namespace {

// A register of the instruction set.
#if defined(__AVX512F__)
constexpr int register_bytes = 64;
#elif defined(__AVX__)
constexpr int register_bytes = 32;
#else
constexpr int register_bytes = 16;
#endif

typedef float Floats __attribute__((vector_size(register_bytes)));
typedef int Ints __attribute__((vector_size(register_bytes)));
typedef double Doubles __attribute__((vector_size(register_bytes)));
typedef float HalfFloats __attribute__((vector_size(register_bytes / 2)));

/// Sums are kept in double, a register of them for every half register of floats.
struct Sum {
  using Acc = double;
  using Vector = Doubles;
  static constexpr double init = 0;
  WEFT_HD static double one(double a, double b) { return a + b; }
  WEFT_HD static void many(Vector& a, const Vector& b) { a += b; }
  WEFT_HD static void many(Vector& a, const float* x) {
#if defined(__AVX512F__)
    a += (Doubles)_mm512_maskz_cvtps_pd(0xff, _mm256_loadu_ps(x));
#elif defined(__AVX__)
    a += (Doubles)_mm256_cvtps_pd(_mm_loadu_ps(x));
#else
    HalfFloats v;
    __builtin_memcpy(&v, x, sizeof v);
    a += __builtin_convertvector(v, Doubles);
#endif
  }
};

// A NaN wins, and stays.
struct Max {
  using Acc = float;
  using Vector = Floats;
  static constexpr float init = -__builtin_inff();
  WEFT_HD static float one(float a, float b) { return b > a || b != b ? b : a; }
  WEFT_HD static void many(Vector& a, const Vector& b) {
    const Ints wins = (b > a) | (b != b);
    a = (Floats)(((Ints)b & wins) | ((Ints)a & ~wins));
  }
  WEFT_HD static void many(Vector& a, const float* x) {
    Floats v;
    __builtin_memcpy(&v, x, sizeof v);
    many(a, v);
  }
};
struct Min {
  using Acc = float;
  using Vector = Floats;
  static constexpr float init = __builtin_inff();
  WEFT_HD static float one(float a, float b) { return b < a || b != b ? b : a; }
  WEFT_HD static void many(Vector& a, const Vector& b) {
    const Ints wins = (b < a) | (b != b);
    a = (Floats)(((Ints)b & wins) | ((Ints)a & ~wins));
  }
  WEFT_HD static void many(Vector& a, const float* x) {
    Floats v;
    __builtin_memcpy(&v, x, sizeof v);
    many(a, v);
  }
};

template <class Op>
constexpr Index lanes = static_cast<Index>(sizeof(typename Op::Vector) / sizeof(typename Op::Acc));

template <class Op>
double combine(double a, double b) {
  return static_cast<double>(
      Op::one(static_cast<typename Op::Acc>(a), static_cast<typename Op::Acc>(b)));
}

/// The lanes in pairs, then pairs of pairs, ...
template <class Op>
WEFT_HD typename Op::Acc fold(const typename Op::Vector& v) {
  typename Op::Acc part[lanes<Op>];
  __builtin_memcpy(part, &v, sizeof part);
  for (Index width = lanes<Op> / 2; width > 0; width /= 2) {
    for (Index k = 0; k < width; ++k) part[k] = Op::one(part[k], part[k + width]);
  }
  return part[0];
}

template <class Op>
WEFT_HD typename Op::Acc line_of(const float* x, Index n) {
  using Vector = typename Op::Vector;
  constexpr Index l = lanes<Op>;
  typename Op::Acc result = Op::init;
  Index i = 0;
  if (n >= l) {
    Vector a = Vector{} + Op::init, b = a, c = a, d = a;
    for (; n - i >= 4 * l; i += 4 * l) {
      Op::many(a, x + i);
      Op::many(b, x + i + l);
      Op::many(c, x + i + 2 * l);
      Op::many(d, x + i + 3 * l);
    }
    for (; n - i >= l; i += l) Op::many(a, x + i);
    Op::many(a, b);
    Op::many(c, d);
    Op::many(a, c);
    result = fold<Op>(a);
  }
  for (; i < n; ++i) result = Op::one(result, static_cast<typename Op::Acc>(x[i]));
  return result;
}

template <class Op>
double line(const float* x, Index n) {
  return static_cast<double>(line_of<Op>(x, n));
}

template <class Op>
void lines(const float* x, Index rows, Index n, double divisor, float* y) {
  for (Index row = 0; row < rows; ++row)
    y[row] = static_cast<float>(static_cast<double>(line_of<Op>(x + row * n, n)) / divisor);
}

/// `Vectors` registers of columns.
template <class Op, int Vectors>
WEFT_HD void columns(const float* x, Index rows, Index stride, double* result) {
  typename Op::Vector sum[Vectors];
  for (int v = 0; v < Vectors; ++v) sum[v] = typename Op::Vector{} + Op::init;
  for (Index row = 0; row < rows; ++row) {
    for (int v = 0; v < Vectors; ++v) Op::many(sum[v], x + row * stride + v * lanes<Op>);
  }
  for (int v = 0; v < Vectors; ++v) {
    typename Op::Acc part[lanes<Op>];
    __builtin_memcpy(part, &sum[v], sizeof part);
    for (Index k = 0; k < lanes<Op>; ++k) result[v * lanes<Op> + k] = static_cast<double>(part[k]);
  }
}

template <class Op>
void strip(const float* x, Index rows, Index stride, Index width, double* result) {
  constexpr Index l = lanes<Op>;
  Index done = 0;
  for (; width - done >= 8 * l; done += 8 * l)
    columns<Op, 8>(x + done, rows, stride, result + done);
  for (; width - done >= 2 * l; done += 2 * l)
    columns<Op, 2>(x + done, rows, stride, result + done);
  for (; width - done >= l; done += l) columns<Op, 1>(x + done, rows, stride, result + done);
  typename Op::Acc sum[l];
  for (Index k = 0; k < l; ++k) sum[k] = Op::init;
  for (Index row = 0; row < rows; ++row) {
    for (Index k = done; k < width; ++k)
      sum[k - done] = Op::one(sum[k - done], static_cast<typename Op::Acc>(x[row * stride + k]));
  }
  for (Index k = done; k < width; ++k) result[k] = static_cast<double>(sum[k - done]);
}

template <class Op>
constexpr ReduceLoops loops() {
  return {&line<Op>, &lines<Op>, &strip<Op>, &combine<Op>};
}

/// Two passes: the largest number (a NaN if there is one), then where it stands.
template <class Op>
void arg(const float* x, Index rows, Index n, int* y) {
  for (Index row = 0; row < rows; ++row, x += n) {
    const float best = line_of<Op>(x, n);
    Index place = 0;
    if (best != best) {
      while (x[place] == x[place]) ++place;
    } else if (n < 32) {  // without a branch that nobody can foresee
      for (Index i = n; i-- > 0;) place = x[i] == best ? i : place;
    } else {
      while (x[place] != best) ++place;
    }
    y[row] = static_cast<int>(place);
  }
}

}  // namespace

extern const ReduceFamily reduce_family;
constinit const ReduceFamily reduce_family = {loops<Sum>(), loops<Max>(), loops<Min>(), &arg<Max>,
                                              &arg<Min>};

}  // namespace weft::cpu::WEFT_ISA
