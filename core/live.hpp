// Counters of live objects: tests assert that a dropped model leaves nothing behind.
#pragma once
#include <atomic>
#include <cstdint>

namespace weft::detail {

/// Base that counts the objects of T that live.
template <class T>
class Live {
 public:
  static std::int64_t count() { return count_.load(std::memory_order_relaxed); }

 protected:
  Live() { count_.fetch_add(1, std::memory_order_relaxed); }
  Live(const Live&) : Live() {}
  Live& operator=(const Live&) = default;
  ~Live() { count_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  static inline std::atomic<std::int64_t> count_{0};
};

}  // namespace weft::detail
