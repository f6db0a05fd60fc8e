// lstm, gru and their gradients through cuDNN: what their kernels prepare.
#pragma once
#include <weft/core/backend.h>

#include <string>

namespace weft::cuda::cudnn {

/// lstm or gru, as request.op says. Where cuDNN does not compute what Keras does, an empty kernel,
/// and why_not says why.
PreparedKernel prepare_recurrent(const KernelRequest& request, std::string& why_not);
/// The same of lstm_grad and gru_grad, from the reserve that the kernel above has written.
PreparedKernel prepare_recurrent_grad(const KernelRequest& request, std::string& why_not);

}  // namespace weft::cuda::cudnn
