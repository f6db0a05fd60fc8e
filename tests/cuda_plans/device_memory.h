// A CUDA backend on the emulated device whose kernels run through cuDNN on the host, and memory for
// single kernels.
#pragma once
#include <weft/core/backend.h>

#include <array>
#include <cstddef>
#include <vector>

#include "tests/harness/op_case.h"

namespace weft::testing {

/// "cuda:0", with the kernels of cuDNN before our own; known to the whole program from the first
/// call on, and not its default.
Backend& device();

/// A block of a backend's memory. What is behind `bytes` is watched.
class Block {
 public:
  Block(Backend& backend, std::size_t bytes, std::size_t offset = 0);
  ~Block();
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  std::byte* data() const { return static_cast<std::byte*>(memory_) + offset_; }
  void write(const void* from) const;
  /// CHECKs that nothing was written behind it.
  std::vector<std::byte> read() const;

 private:
  static constexpr std::array<unsigned char, 64> fence = {1, 2, 3, 5, 8, 13, 21, 34};
  Backend& backend_;
  std::size_t bytes_, offset_;
  void* memory_;
};

std::size_t bytes_of(const TensorSpec& spec);
/// The numbers of a tensor in memory.
Array numbers(const std::vector<std::byte>& bytes, const TensorSpec& spec);

}  // namespace weft::testing
