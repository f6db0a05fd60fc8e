// How many threads a kernel runs on.
#pragma once
#include <cstddef>

namespace weft::cuda {

/// Multiprocessors of the GPU that launches are cut for, an H100 or H200: what fills it leaves no
/// smaller one idle, and kernels loop over the rest. A constant, so that no sum's order depends on
/// the device.
inline constexpr int multiprocessors = 132;

/// No block: nothing runs.
struct LaunchShape {
  unsigned blocks = 1;                  ///< along x
  unsigned threads = 256;               ///< of a block, along x; whole warps, at most 1024
  std::size_t shared_bytes = 0;         ///< for dynamic_shared
  unsigned blocks_y = 1, blocks_z = 1;  ///< at most 65535
};

}  // namespace weft::cuda
