// A StridedCopy on the device.
#pragma once
#include <weft/core/backend.h>

#include "backends/shapes/strided_copy.hpp"

namespace weft::cuda {

/// The kernel that runs `copy` from input 0 to output 0, which it covers.
PreparedKernel prepare_strided_copy(const kernels::StridedCopy& copy, DType dtype);

}  // namespace weft::cuda
