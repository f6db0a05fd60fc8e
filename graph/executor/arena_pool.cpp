#include "graph/executor/arena_pool.hpp"

#include <weft/core/backend.h>

#include <algorithm>

namespace weft::executor {

std::shared_ptr<detail::Storage> ArenaPool::acquire(Backend& backend, std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    const auto fits = [&](const auto& a) { return a->backend == &backend && a->bytes >= bytes; };
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), fits);
    if (found != idle_.rend()) {
      std::shared_ptr<detail::Storage> arena = std::move(*found);
      idle_.erase(std::next(found).base());
      return arena;
    }
    // None is large enough: this caller's old one makes room for the new one.
    if (!idle_.empty()) idle_.pop_back();
  }
  return std::make_shared<detail::Storage>(backend, bytes);
}

void ArenaPool::release(std::shared_ptr<detail::Storage> arena) {
  const std::lock_guard lock(mutex_);
  if (idle_.capacity() < 8) idle_.reserve(8);
  idle_.push_back(std::move(arena));
}

void ArenaPool::drop_idle() {
  const std::lock_guard lock(mutex_);
  idle_.clear();
}

std::size_t ArenaPool::idle_bytes() const {
  const std::lock_guard lock(mutex_);
  std::size_t total = 0;
  for (const auto& a : idle_) total += a->bytes;
  return total;
}

}  // namespace weft::executor
