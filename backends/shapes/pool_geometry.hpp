// From a pooling op's attributes to what its kernels loop over.
#pragma once
#include <weft/core/config.h>
#include <weft/core/shape.h>

#include "backends/shapes/pool_shape.hpp"

namespace weft::kernels {

/// The geometry of pooling a tensor of shape `x`: the input of max_pool, the output of its
/// gradient.
PoolGeometry pool_geometry(const Shape& x, const Config& attrs);

}  // namespace weft::kernels
