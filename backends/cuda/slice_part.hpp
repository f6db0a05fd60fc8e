// What slice and its gradient copy.
#pragma once
#include <weft/core/backend.h>

#include "backends/cuda/placed_copy.hpp"
#include "backends/shapes/strided_copy.hpp"

namespace weft::cuda {

kernels::StridedCopy copy_of_slice(const KernelRequest& r);
PlacedCopy copy_of_slice_grad(const KernelRequest& r);

}  // namespace weft::cuda
