// What reductions compute: from elements to numbers, and how two numbers become one. A policy says
//   Value    what an element is loaded as; value(x, i) loads element i
//   Acc      what a thread combines its values in, one after the other; add(value), result()
//   Result   what threads, and later blocks, combine; combine(a, b), neutral()
//   vector   elements that a thread takes at once
//   stored(result, divisor, dtype, y, i) writes element i
#pragma once
#include "backends/cuda/kernel.hpp"

namespace weft::cuda {

/// A sum of floats with what was rounded away (Neumaier): as exact as one in double, at the speed
/// of float.
struct FloatSum {
  float sum = 0, error = 0;
  WEFT_HD void add(float x) {
    const float next = sum + x, added = next - sum;
    error += (sum - (next - added)) + (x - added);
    sum = next;
  }
  /// Without the error where there is an infinity: it is NaN then.
  WEFT_HD double result() const {
    return error == error ? static_cast<double>(sum) + static_cast<double>(error)
                          : static_cast<double>(sum);
  }
};

/// Values combined in `R` by an operation.
template <class R, class Op>
struct Folded {
  R total = Op::template neutral<R>();
  template <class V>
  WEFT_HD void add(V x) {
    total = Op()(total, static_cast<R>(x));
  }
  WEFT_HD R result() const { return total; }
};

struct Add : Sum {
  template <class R>
  WEFT_HD static R neutral() {
    return R(0);
  }
};
struct Multiply {
  template <class T>
  WEFT_HD T operator()(T a, T b) const {
    return math::multiply(a, b);
  }
  template <class R>
  WEFT_HD static R neutral() {
    return R(1);
  }
};
/// The largest and the smallest number of a type; of floating types the infinities.
template <class R>
WEFT_HD R highest_of() {
  if constexpr (math::is_floating<R>) {
    return math::inf_of(R());
  } else {
    constexpr bool is_signed = R(-1) < R(0);
    return static_cast<R>(~0ULL >> (64 - 8 * sizeof(R) + (is_signed ? 1 : 0)));
  }
}
struct Largest : Max {
  template <class R>
  WEFT_HD static R neutral() {
    if constexpr (math::is_floating<R>)
      return -math::inf_of(R());
    else
      return static_cast<R>(~highest_of<R>());  // 0 without a sign
  }
};
struct Smallest : Min {
  template <class R>
  WEFT_HD static R neutral() {
    return highest_of<R>();
  }
};

/// Floating elements of T. Sums and products of float32 become doubles, so that numbers of many
/// blocks lose nothing; the half types are computed in float.
template <class T, class Op>
struct FloatReduction {
  static constexpr bool is_extreme = std::is_same_v<Op, Largest> || std::is_same_v<Op, Smallest>;
  static constexpr int vector = 16 / static_cast<int>(sizeof(T));
  using Element = T;
  using Value = Compute<T>;
  using Result = std::conditional_t<std::is_same_v<T, float> && !is_extreme, double, Value>;
  using Acc = std::conditional_t<std::is_same_v<T, float> && std::is_same_v<Op, Add>, FloatSum,
                                 Folded<Result, Op>>;

  explicit FloatReduction(DType) {}
  __device__ Value value(const void* x, std::int64_t i) const {
    return load(static_cast<const T*>(x)[i]);
  }
  static __device__ Result neutral() { return Op::template neutral<Result>(); }
  __device__ void stored(Result result, double divisor, DType::Code dtype, void* y,
                         std::int64_t i) const {
    if (divisor != 1) result /= static_cast<Result>(divisor);
    switch (dtype) {
      case DType::float32:
        static_cast<float*>(y)[i] = static_cast<float>(result);
        return;
      case DType::float64:
        static_cast<double*>(y)[i] = static_cast<double>(result);
        return;
      case DType::float16:
        static_cast<Float16*>(y)[i] = store<Float16>(result);
        return;
      default:
        static_cast<BFloat16*>(y)[i] = store<BFloat16>(result);
        return;
    }
  }
};

/// The low bytes of a number, which is what it is in a smaller integer type.
WEFT_HD void store_integer(std::uint64_t value, int bytes, void* y, std::int64_t i) {
  switch (bytes) {
    case 1:
      static_cast<std::uint8_t*>(y)[i] = static_cast<std::uint8_t>(value);
      return;
    case 2:
      static_cast<std::uint16_t*>(y)[i] = static_cast<std::uint16_t>(value);
      return;
    case 4:
      static_cast<std::uint32_t*>(y)[i] = static_cast<std::uint32_t>(value);
      return;
    default:
      static_cast<std::uint64_t*>(y)[i] = value;
      return;
  }
}

WEFT_HD int integer_bytes(DType::Code dtype) {
  switch (dtype) {
    case DType::boolean:
    case DType::int8:
    case DType::uint8:
      return 1;
    case DType::int16:
    case DType::uint16:
      return 2;
    case DType::int32:
    case DType::uint32:
      return 4;
    default:
      return 8;
  }
}

/// Integers of any type and bool, in 64 bits that wrap. R: signed or unsigned.
template <class R, class Op>
struct IntegerReduction {
  static constexpr int vector = 1;
  using Element = std::uint8_t;  // no vectors of these are loaded
  using Value = R;
  using Result = R;
  using Acc = Folded<R, Op>;
  DType::Code dtype;

  explicit IntegerReduction(DType d)
      : dtype(d == DType::boolean ? DType(DType::uint8).code() : d.code()) {}
  __device__ R value(const void* x, std::int64_t i) const {
    return static_cast<R>(load_index(x, dtype, i));
  }
  static __device__ R neutral() { return Op::template neutral<R>(); }
  __device__ void stored(R result, double, DType::Code to, void* y, std::int64_t i) const {
    store_integer(static_cast<std::uint64_t>(result), integer_bytes(to), y, i);
  }
};

/// Whether elements of any type are not 0: any is the largest of these, all the smallest.
template <class Op>
struct TruthReduction {
  static constexpr int vector = 1;
  using Element = std::uint8_t;
  using Value = unsigned;
  using Result = unsigned;
  using Acc = Folded<unsigned, Op>;
  DType::Code bits = DType::uint64;  // the unsigned integer of the elements' size
  std::uint64_t mask = ~std::uint64_t{0};

  explicit TruthReduction(DType d) {
    constexpr DType::Code sizes[] = {DType::uint8, DType::uint16, DType::uint32};
    for (const DType::Code size : sizes) {
      if (DType(size).itemsize() == d.itemsize()) bits = size;
    }
    // Without the sign of floating types: -0 is 0.
    if (d.is_floating()) mask >>= 64 - 8 * d.itemsize() + 1;
  }
  __device__ unsigned value(const void* x, std::int64_t i) const {
    return (static_cast<std::uint64_t>(load_index(x, bits, i)) & mask) != 0 ? 1u : 0u;
  }
  static __device__ unsigned neutral() { return Op::template neutral<unsigned>(); }
  __device__ void stored(unsigned result, double, DType::Code, void* y, std::int64_t i) const {
    static_cast<std::uint8_t*>(y)[i] = result != 0 ? 1 : 0;
  }
};

}  // namespace weft::cuda
