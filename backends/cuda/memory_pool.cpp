#include "backends/cuda/memory_pool.hpp"

#include <limits>

namespace weft::cuda {
namespace {

constexpr std::size_t small_step = 512, large_step = std::size_t{2} << 20,
                      large_from = std::size_t{1} << 20;

std::size_t round_up(std::size_t bytes, std::size_t step) {
  return (bytes + step - 1) / step * step;
}

}  // namespace

std::size_t MemoryPool::rounded(std::size_t bytes) {
  if (bytes >= large_from) return round_up(bytes, large_step);
  return round_up(bytes == 0 ? 1 : bytes, small_step);
}

// Also what somebody still has: nobody can be using it without the device.
MemoryPool::~MemoryPool() {
  trim();
  for (const auto& [memory, size] : used_) api_->free(memory);
}

// A block that is at most an eighth too large.
void* MemoryPool::take_kept(std::size_t bytes) {
  const auto found = kept_.lower_bound(bytes);
  if (found == kept_.end() || found->first > bytes + bytes / 8) return nullptr;
  void* memory = found->second;
  used_[memory] = found->first;
  kept_.erase(found);
  return memory;
}

void* MemoryPool::allocate(std::size_t bytes) {
  if (bytes > std::numeric_limits<std::size_t>::max() - large_step) return nullptr;
  const std::size_t size = rounded(bytes);
  const std::lock_guard lock(mutex_);
  void* memory = take_kept(size);
  if (memory == nullptr) memory = api_->allocate(size);
  if (memory == nullptr && !kept_.empty()) {
    trim_locked();
    memory = api_->allocate(size);
  }
  if (memory == nullptr) return nullptr;
  used_.try_emplace(memory, size);
  api_->lend(memory, bytes);
  return memory;
}

void MemoryPool::deallocate(void* memory) noexcept {
  const std::lock_guard lock(mutex_);
  const auto found = used_.find(memory);
  if (found == used_.end()) return;
  api_->lend(memory, 0);
  kept_.emplace(found->second, memory);
  used_.erase(found);
}

void MemoryPool::trim_locked() noexcept {
  for (const auto& [size, memory] : kept_) api_->free(memory);
  kept_.clear();
}

void MemoryPool::trim() noexcept {
  const std::lock_guard lock(mutex_);
  trim_locked();
}

std::size_t MemoryPool::kept_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t bytes = 0;
  for (const auto& [size, memory] : kept_) bytes += size;
  return bytes;
}

}  // namespace weft::cuda
