// From weft's ops conv, conv_input_grad and conv_kernel_grad to what cuDNN is asked for.
#pragma once
#include <weft/core/backend.h>

#include <optional>
#include <string>

#include "backends/cuda/cudnn/convolution.hpp"

namespace weft::cuda::cudnn {

/// None, and why, where cuDNN is not for the request. Bias and activation are left out: kernels
/// decide what they do with them.
std::optional<ConvDescription> describe(const KernelRequest& request, std::string& why_not);

/// What the settings of the process allow now.
ConvPolicy current_policy();

}  // namespace weft::cuda::cudnn
