// What this machine can do, measured: the bars beside which kernels are shown.
#pragma once
#include <cstddef>

namespace weft::bench {

/// a[i] = b[i] + 3 c[i] over arrays of `n` floats with the widest registers in use.
void triad(float* a, const float* b, const float* c, std::size_t n);
/// Multiplications and additions of float32 in registers that one core does in a second (each FMA
/// is two): the best of some samples. 0 where there is no FMA.
double peak_operations_per_second();

}  // namespace weft::bench
