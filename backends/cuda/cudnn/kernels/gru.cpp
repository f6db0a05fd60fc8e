// gru and gru_grad through cuDNN.
#include "backends/cuda/cudnn/recurrent_kernel.hpp"

namespace weft::registration {

void cudnn_gru(KernelTable& table) {
  table.add("gru", {.name = "cudnn", .prepare = cuda::cudnn::prepare_recurrent});
  table.add("gru_grad", {.name = "cudnn", .prepare = cuda::cudnn::prepare_recurrent_grad});
}

}  // namespace weft::registration
