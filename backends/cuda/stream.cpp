#include "backends/cuda/stream.hpp"

namespace weft::cuda {

StreamHandle& capturing_handle() {
  static thread_local StreamHandle handle = nullptr;
  return handle;
}

}  // namespace weft::cuda
