// Device memory that is kept when it is given back: on a GPU to ask the driver for memory takes
// longer than most kernels. All users work on one stream, so a block may be used again at once:
// what is put on the stream later runs later.
#pragma once
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>

#include "backends/cuda/device_api.hpp"

namespace weft::cuda {

class MemoryPool {
 public:
  explicit MemoryPool(std::shared_ptr<DeviceApi> api) : api_(std::move(api)) {}
  ~MemoryPool();
  MemoryPool(const MemoryPool&) = delete;
  MemoryPool& operator=(const MemoryPool&) = delete;

  /// 256-byte aligned. Gives back to the driver what it keeps where that helps; null where even
  /// then there is no memory.
  void* allocate(std::size_t bytes);
  void deallocate(void* memory) noexcept;
  /// Gives everything that nobody uses back to the driver.
  void trim() noexcept;
  std::size_t kept_bytes() const;

  /// What a block for `bytes` really has: multiples of 512 bytes, and of 2 MiB from 1 MiB on.
  static std::size_t rounded(std::size_t bytes);

 private:
  void* take_kept(std::size_t bytes);
  void trim_locked() noexcept;

  std::shared_ptr<DeviceApi> api_;
  mutable std::mutex mutex_;
  std::multimap<std::size_t, void*> kept_;  // by size
  std::map<void*, std::size_t> used_;
};

}  // namespace weft::cuda
