// WEFT_UNROLL before a loop whose count is known: its variables then stay in registers.
#pragma once

#if defined(__CUDACC__)
#define WEFT_UNROLL _Pragma("unroll")
#else
#define WEFT_UNROLL
#endif
