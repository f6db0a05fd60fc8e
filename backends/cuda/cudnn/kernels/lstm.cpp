// lstm and lstm_grad through cuDNN.
#include "backends/cuda/cudnn/recurrent_kernel.hpp"

namespace weft::registration {

void cudnn_lstm(KernelTable& table) {
  table.add("lstm", {.name = "cudnn", .prepare = cuda::cudnn::prepare_recurrent});
  table.add("lstm_grad", {.name = "cudnn", .prepare = cuda::cudnn::prepare_recurrent_grad});
}

}  // namespace weft::registration
