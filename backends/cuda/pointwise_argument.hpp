// WEFT_GRID_CONSTANT before a kernel's argument: it stays where launches put it, also where it is
// read by a changing index.
#pragma once

#if defined(__CUDACC__)
#define WEFT_GRID_CONSTANT __grid_constant__
#else
#define WEFT_GRID_CONSTANT
#endif
