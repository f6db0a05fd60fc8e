// Sixteen bytes at once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "core/functors/host_device.h"

namespace weft::cuda {

/// N elements that are loaded and stored by one instruction, or by two where N * sizeof(T) is 32.
template <class T, int N = 16 / static_cast<int>(sizeof(T))>
struct alignas(N * sizeof(T)) Vector {
  static constexpr int size = N;
  T at[N];
};

/// Whether vectors may be read at an address: all of those of the arena may, and multiples of 16
/// bytes from there.
template <class V>
WEFT_HD bool is_aligned(const void* p) {
  return reinterpret_cast<std::uintptr_t>(p) % alignof(V) == 0;
}

#if defined(__CUDACC__)
/// What nvcc moves by one instruction, or by two: an array in a structure it may take apart.
struct alignas(32) TwoRegisters {
  uint4 first, second;
};
template <std::size_t bytes>
struct RegisterOf;
template <>
struct RegisterOf<32> : std::type_identity<TwoRegisters> {};
template <>
struct RegisterOf<16> : std::type_identity<uint4> {};
template <>
struct RegisterOf<8> : std::type_identity<uint2> {};
template <>
struct RegisterOf<4> : std::type_identity<unsigned> {};
template <>
struct RegisterOf<2> : std::type_identity<unsigned short> {};
template <>
struct RegisterOf<1> : std::type_identity<unsigned char> {};
template <std::size_t bytes>
using Register = typename RegisterOf<bytes>::type;

template <class V, class T>
__device__ __forceinline__ V load_vector(const T* p) {
  return __builtin_bit_cast(V, *reinterpret_cast<const Register<sizeof(V)>*>(p));
}

template <class V, class T>
__device__ __forceinline__ void store_vector(T* p, const V& value) {
  using R = Register<sizeof(V)>;
  *reinterpret_cast<R*>(p) = __builtin_bit_cast(R, value);
}
#else
template <class V, class T>
V load_vector(const T* p) {
  emulate::check_alignment(p, alignof(V));
  return *reinterpret_cast<const V*>(p);
}

template <class V, class T>
void store_vector(T* p, const V& value) {
  emulate::check_alignment(p, alignof(V));
  *reinterpret_cast<V*>(p) = value;
}
#endif

}  // namespace weft::cuda
