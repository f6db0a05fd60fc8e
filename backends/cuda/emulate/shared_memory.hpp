// The shared memory of a block. Every array lies between guards and is aligned no better than its
// type asks: what is read beside it is NaN, what is written beside it is found when the block has
// ended (at once under AddressSanitizer), and so is a vector that was aligned by chance.
#pragma once
#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "backends/cuda/emulate/sanitizers.hpp"

namespace weft::cuda::emulate {

class SharedMemory {
 public:
  /// What a block may have on the GPUs that weft is written for, and of it without asking: arrays
  /// of a fixed size must do with that.
  static constexpr std::size_t most_bytes = 227 * 1024, most_fixed_bytes = 48 * 1024;

  /// A new block, which asked for `dynamic_bytes`. Nothing is left that a thread may count on.
  void begin(std::size_t dynamic_bytes) {
    arrays_.clear();
    end_ = used_ = fixed_ = 0;
    forbid(data(), room);
    add(nullptr, dynamic_bytes, 16);
  }
  void* dynamic() { return data() + arrays_.front().offset; }

  /// The array that `key` stands for: the same for all threads of the block.
  void* array(const void* key, std::size_t bytes, std::size_t alignment) {
    for (const Array& a : arrays_) {
      if (a.key == key) return data() + a.offset;
    }
    fixed_ += bytes;
    if (fixed_ > most_fixed_bytes) {
      throw DeviceError(
          fmt::format("emulated kernel: too much shared memory of a fixed size. "
                      "Expected: at most {} bytes for a block. Received: {}",
                      most_fixed_bytes, fixed_));
    }
    add(key, bytes, alignment);
    return data() + arrays_.back().offset;
  }

  /// Throws DeviceError where something was written beside the arrays.
  void check() const {
#ifndef WEFT_ASAN
    std::size_t begin = 0;
    for (const Array& a : arrays_) {
      check_guard(begin, a.offset);
      begin = a.offset + a.bytes;
    }
    check_guard(begin, end_);
#endif
  }

 private:
  static constexpr std::size_t guard = 64;
  static constexpr std::size_t room = most_bytes + 1024 * guard;
  static constexpr unsigned char poison = 0xff;

  struct Array {
    const void* key;
    std::size_t offset, bytes;
  };

  void add(const void* key, std::size_t bytes, std::size_t alignment) {
    used_ = (used_ + alignment - 1) / alignment * alignment + bytes;
    if (used_ > most_bytes) {
      throw DeviceError(
          fmt::format("emulated kernel: too much shared memory. Expected: at most "
                      "{} bytes for a block. Received: {}",
                      most_bytes, used_));
    }
    const std::size_t begin = end_;
    const std::size_t twice = 2 * alignment;
    const std::size_t offset = (begin + guard + twice - 1) / twice * twice + alignment;
    if (offset + bytes + guard > room) throw DeviceError("emulated kernel: too many shared arrays");
    end_ = offset + bytes + guard;
    permit(data() + begin, end_ - begin);
    std::memset(data() + begin, poison, end_ - begin);
    forbid(data() + begin, end_ - begin);
    permit(data() + offset, bytes);
    arrays_.push_back({key, offset, bytes});
  }

  void check_guard(std::size_t begin, std::size_t end) const {
    const unsigned char* p = chunks_[0].bytes;
    if (std::all_of(p + begin, p + end, [](unsigned char c) { return c == poison; })) return;
    throw DeviceError("emulated kernel: shared memory was written outside its arrays");
  }

  struct alignas(256) Chunk {
    unsigned char bytes[256];
  };
  std::vector<Chunk> chunks_{room / sizeof(Chunk) + 1};
  unsigned char* data() { return chunks_[0].bytes; }
  std::vector<Array> arrays_;  // in the order of their offsets; the first is the dynamic one
  std::size_t end_ = 0, used_ = 0, fixed_ = 0;
};

}  // namespace weft::cuda::emulate
