// Activation arenas: the plans of one model never run at once for one caller, and share that
// caller's arena.
#pragma once
#include <memory>
#include <mutex>
#include <vector>

#include "core/tensor_impl.hpp"

namespace weft::executor {

class ArenaPool {
 public:
  /// An arena of at least `bytes` that nobody else uses until it is given back.
  std::shared_ptr<detail::Storage> acquire(Backend& backend, std::size_t bytes);
  void release(std::shared_ptr<detail::Storage> arena);
  /// Gives back the arenas that wait for a caller.
  void drop_idle();
  /// Bytes of all arenas that wait for a caller.
  std::size_t idle_bytes() const;

 private:
  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<detail::Storage>> idle_;
};

/// An arena for a scope.
class ArenaLease {
 public:
  ArenaLease(ArenaPool& pool, Backend& backend, std::size_t bytes)
      : pool_(pool), arena_(pool.acquire(backend, bytes)) {}
  ~ArenaLease() { pool_.release(std::move(arena_)); }
  ArenaLease(const ArenaLease&) = delete;
  ArenaLease& operator=(const ArenaLease&) = delete;
  std::byte* data() const { return static_cast<std::byte*>(arena_->data); }

 private:
  ArenaPool& pool_;
  std::shared_ptr<detail::Storage> arena_;
};

}  // namespace weft::executor
