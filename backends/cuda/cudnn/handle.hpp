// cuDNN's handles: one for each thread and device.
#pragma once
#include "backends/cuda/cudnn/target.hpp"

namespace weft::cuda::cudnn {

/// What a thread talks to a device through.
struct Session {
  cudnnHandle_t handle = nullptr;
  Target target;  ///< the device
};

/// This thread's session of a device, which must be the thread's current one: it is made when it is
/// first asked for. A thread that ends leaves its sessions to the next.
const Session& session(int device);

}  // namespace weft::cuda::cudnn
