// WEFT_HD: a function of a functor, inlined on host and device. No include: kernels compiled for
// several instruction sets must not see the standard library (its inline functions would leak from
// one set into another).
#pragma once

#if defined(__CUDACC__)
#define WEFT_HD __host__ __device__ __forceinline__
#else
#define WEFT_HD [[gnu::always_inline]] inline
#endif

// A C math function, without its header: WEFT_LIBM(expf)(x).
#if defined(__CUDA_ARCH__)
#define WEFT_LIBM(function) ::function
#else
#define WEFT_LIBM(function) __builtin_##function
#endif
