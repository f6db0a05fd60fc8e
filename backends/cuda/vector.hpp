// Sixteen bytes at once.
#pragma once
#include <cstdint>

#include "core/functors/host_device.h"

namespace weft::cuda {

/// N elements that are loaded and stored by one instruction; N * sizeof(T) is at most 16.
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

template <class V, class T>
__device__ __forceinline__ V load_vector(const T* p) {
#if !defined(__CUDACC__)
  emulate::check_alignment(p, alignof(V));
#endif
  return *reinterpret_cast<const V*>(p);
}

template <class V, class T>
__device__ __forceinline__ void store_vector(T* p, const V& value) {
#if !defined(__CUDACC__)
  emulate::check_alignment(p, alignof(V));
#endif
  *reinterpret_cast<V*>(p) = value;
}

}  // namespace weft::cuda
