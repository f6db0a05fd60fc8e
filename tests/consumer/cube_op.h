// An op that weft does not have: the cube, with its gradient, and its kernel for the CPU.
#pragma once
#include <weft/weft.h>

namespace consumer {

/// x³, elementwise; float32 and float64. d/dx = 3 x².
weft::Tensor cube(const weft::Tensor& x);

}  // namespace consumer
