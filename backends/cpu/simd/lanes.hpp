// The widest vectors of the instruction set that a file of this folder is compiled for, as types of
// the compiler: arithmetic, comparisons and ?: work lane by lane.
#pragma once

namespace weft::cpu::WEFT_ISA {

#if defined(__AVX512F__)
inline constexpr int lanes = 16;
#elif defined(__AVX__)
inline constexpr int lanes = 8;
#else
inline constexpr int lanes = 4;
#endif

typedef float Floats __attribute__((vector_size(4 * lanes)));
typedef int Ints __attribute__((vector_size(4 * lanes)));  // also what comparing Floats gives
typedef unsigned char Bytes __attribute__((vector_size(lanes)));

template <class V, class T>
[[gnu::always_inline]] inline V load_lanes(const T* from) {
  V v;
  __builtin_memcpy(&v, from, sizeof v);
  return v;
}
template <class V, class T>
[[gnu::always_inline]] inline void store_lanes(T* to, V v) {
  __builtin_memcpy(to, &v, sizeof v);
}

}  // namespace weft::cpu::WEFT_ISA
