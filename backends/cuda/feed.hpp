// A ring between the host and the device: pinned memory that the host fills, device memory that the
// copy stream fills, and a copy on the device to where the plan reads. So the host is ahead by a
// few batches, and the plan's inputs never move.
#pragma once
#include <array>

#include "backends/cuda/memory_pool.hpp"
#include "backends/cuda/stream.hpp"
#include "core/feeding.hpp"

namespace weft::cuda {

class RingFeed : public weft::detail::Feed {
 public:
  /// `pool` and `stream` outlive it. Throws OutOfMemory.
  RingFeed(MemoryPool& pool, Stream& stream, std::size_t bytes);
  ~RingFeed() override;
  RingFeed(const RingFeed&) = delete;
  RingFeed& operator=(const RingFeed&) = delete;

  void* slot() override;
  void send(void* to, std::size_t bytes) override;

  static constexpr std::size_t slots = 3;

 private:
  struct Slot {
    void *host = nullptr, *device = nullptr;
    EventHandle copied = nullptr, consumed = nullptr;
    bool sent = false;
  };
  void release() noexcept;

  MemoryPool& pool_;
  Stream& stream_;
  DeviceApi& api_;
  StreamHandle copies_ = nullptr;
  std::array<Slot, slots> ring_;
  std::size_t next_ = 0;
};

}  // namespace weft::cuda
