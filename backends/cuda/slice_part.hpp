// What slice and its gradient copy.
#pragma once
#include <weft/core/backend.h>

#include "backends/cuda/placed_copy.hpp"
#include "backends/shapes/strided_copy.hpp"

namespace weft::cuda {

/// The elements that slice takes of its input.
kernels::StridedCopy copy_of_slice(const KernelRequest& r);
/// Where they go in the gradient of the input, which is zero elsewhere.
PlacedCopy copy_of_slice_grad(const KernelRequest& r);

}  // namespace weft::cuda
