// Constants around a tensor.
#pragma once
#include <weft/core/op.h>

#include <utility>

namespace weft::ops {

/// Options of pad.
struct PadOptions {
  double constant_values = 0;  ///< what is put around
};

/// x with pad_width[i] = {before, after} elements of a constant put around axis i: `[..., before +
/// D + after, ...]`. Throws ShapeError when there is not one pair for each axis or a width is
/// negative.
Tensor pad(const Tensor& x, const std::vector<std::pair<std::int64_t, std::int64_t>>& pad_width,
           PadOptions options = {});

}  // namespace weft::ops
