// From weft's ops lstm, gru and their gradients to what cuDNN is asked for.
#pragma once
#include <weft/core/backend.h>

#include <optional>
#include <string>

#include "backends/cuda/cudnn/recurrent.hpp"
#include "backends/shapes/recurrent_shape.hpp"

namespace weft::cuda::cudnn {

/// The cell of an op, which is lstm, gru or the gradient of one.
const weft::detail::CellKind& kind_of(const KernelRequest& request);

/// None, and why, where cuDNN is not for the request. An op and its gradient get the same answer:
/// what the one leaves in the reserve the other reads. So it depends on nothing but what both
/// requests have, and the settings of the process.
std::optional<RecurrentDescription> describe(const KernelRequest& request,
                                             const kernels::RecurrentShape& shape,
                                             std::string& why_not);

}  // namespace weft::cuda::cudnn
