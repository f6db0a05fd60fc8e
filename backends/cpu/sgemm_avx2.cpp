// sgemm with AVX2 and FMA.
#if defined(__x86_64__)
#define WEFT_ISA avx2
#define WEFT_TARGET __attribute__((target("avx2,fma")))
#define WEFT_LANES 8
#define WEFT_FMA(a, b, c) __builtin_ia32_vfmaddps256((a), (b), (c))
#include "backends/cpu/sgemm_body.hpp"
#endif
