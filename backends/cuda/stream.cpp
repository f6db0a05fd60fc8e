#include "backends/cuda/stream.hpp"

namespace weft::cuda {

Capture& present_capture() {
  static thread_local Capture capture;
  return capture;
}

}  // namespace weft::cuda
