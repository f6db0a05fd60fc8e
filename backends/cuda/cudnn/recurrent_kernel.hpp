// lstm, gru and their gradients through cuDNN: what their kernels prepare.
#pragma once
#include <weft/core/backend.h>

#include <string>

namespace weft::cuda::cudnn {

PreparedKernel prepare_recurrent(const KernelRequest& request, std::string& why_not);
PreparedKernel prepare_recurrent_grad(const KernelRequest& request, std::string& why_not);

}  // namespace weft::cuda::cudnn
