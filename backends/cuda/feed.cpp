#include "backends/cuda/feed.hpp"

#include <weft/core/error.h>

#include <algorithm>

namespace weft::cuda {

RingFeed::RingFeed(MemoryPool& pool, Stream& stream, std::size_t bytes)
    : pool_(pool), stream_(stream), api_(*stream.api) {
  bytes = std::max<std::size_t>(bytes, 1);  // rows without elements have addresses too
  try {
    copies_ = api_.create_stream();
    for (Slot& s : ring_) {
      s.host = api_.allocate_pinned(bytes);
      s.device = pool_.allocate(bytes);
      if (s.host == nullptr || s.device == nullptr)
        throw OutOfMemory("cuda: no memory for batches on their way to the device. Expected: " +
                          std::to_string(slots) + " times " + std::to_string(bytes) +
                          " bytes. Lower the batch size.");
      s.copied = api_.create_event();
      s.consumed = api_.create_event();
      // The memory may have had another user, whose work lies on the common stream.
      api_.record(s.consumed, stream_.own);
    }
  } catch (...) {
    release();
    throw;
  }
}

RingFeed::~RingFeed() {
  try {
    for (const Slot& s : ring_) {
      if (s.sent) api_.synchronize_event(s.consumed);
    }
  } catch (const Error&) {
    // The device is lost, and the memory with it.
  }
  release();
}

void RingFeed::release() noexcept {
  for (Slot& s : ring_) {
    if (s.copied != nullptr) api_.destroy_event(s.copied);
    if (s.consumed != nullptr) api_.destroy_event(s.consumed);
    if (s.device != nullptr) pool_.deallocate(s.device);
    if (s.host != nullptr) api_.free_pinned(s.host);
  }
  if (copies_ != nullptr) api_.destroy_stream(copies_);
}

void* RingFeed::slot() {
  Slot& s = ring_[next_];
  if (s.sent) api_.synchronize_event(s.copied);
  return s.host;
}

void RingFeed::send(void* to, std::size_t bytes) {
  Slot& s = ring_[next_];
  next_ = (next_ + 1) % slots;
  api_.wait(copies_, s.consumed);
  api_.copy_to_device(s.device, s.host, bytes, copies_);
  api_.record(s.copied, copies_);
  api_.wait(stream_.own, s.copied);
  api_.copy(to, s.device, bytes, stream_.own);
  api_.record(s.consumed, stream_.own);
  s.sent = true;
}

}  // namespace weft::cuda
