// Words of kernels that nvcc knows and other compilers do not.
#pragma once

// WEFT_UNROLL before a loop whose count is known: its variables then stay in registers.
// WEFT_GRID_CONSTANT before a kernel's argument: it stays where launches put it, also where it is
// read by a changing index.
#if defined(__CUDACC__)
#define WEFT_UNROLL _Pragma("unroll")
#define WEFT_GRID_CONSTANT __grid_constant__
#else
#define WEFT_UNROLL
#define WEFT_GRID_CONSTANT
#endif
