// Device memory that the host cannot touch: pages without rights, but while the device works. So a
// read or write by host code stops the process where it is, as on a machine with a GPU. What
// another thread of the host does in the meantime is not seen.
#pragma once
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <new>

#include "backends/cuda/emulate/sanitizers.hpp"

namespace weft::cuda::emulate {

class GuardedMemory {
 public:
  GuardedMemory() {
    void* p =
        mmap(nullptr, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<char*>(p);
  }
  ~GuardedMemory() {
    permit(memory_, used_);
    munmap(memory_, reserved);
  }
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  /// Addresses that nobody has had before, a multiple of 256, with 256 forbidden bytes below; null
  /// where there are none left.
  void* take(std::size_t bytes) {
    constexpr std::size_t unit = 256;
    const std::size_t all = unit + (bytes + unit - 1) / unit * unit;
    if (all > reserved - used_) return nullptr;
    char* const p = memory_ + used_;
    used_ += all;
    if (open_ > 0) protect(PROT_READ | PROT_WRITE);
    forbid(p, unit);
    return p + unit;
  }
  /// What lay there is gone; the addresses are not used again.
  void release(void* p, std::size_t bytes) noexcept {
    const std::size_t first = up(static_cast<std::size_t>(static_cast<char*>(p) - memory_));
    const std::size_t end = static_cast<std::size_t>(static_cast<char*>(p) - memory_) + bytes;
    if (end >= first + page_)
      madvise(memory_ + first, (end - first) / page_ * page_, MADV_DONTNEED);
    forbid(p, bytes);
  }

  /// From here to the end of a scope the memory can be touched.
  class Access {
   public:
    explicit Access(GuardedMemory* memory) : memory_(memory) {
      if (memory_ != nullptr && memory_->open_++ == 0) memory_->protect(PROT_READ | PROT_WRITE);
    }
    ~Access() {
      if (memory_ != nullptr && --memory_->open_ == 0) memory_->protect(PROT_NONE);
    }
    Access(const Access&) = delete;
    Access& operator=(const Access&) = delete;

   private:
    GuardedMemory* memory_;
  };

 private:
  static constexpr std::size_t reserved = std::size_t{1} << 37;  // of addresses, not of memory

  std::size_t up(std::size_t bytes) const { return (bytes + page_ - 1) / page_ * page_; }
  void protect(int rights) const noexcept { mprotect(memory_, up(used_), rights); }

  const std::size_t page_ = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  char* memory_ = nullptr;
  std::size_t used_ = 0;
  int open_ = 0;
};

}  // namespace weft::cuda::emulate
