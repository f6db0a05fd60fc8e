// The workspace of a kernel that is made of several, and the products among them.
#pragma once
#include <algorithm>

#include "backends/cuda/gemm.hpp"
#include "backends/cuda/kernel.hpp"

namespace weft::cuda {

/// Pieces of a kernel's workspace, by their distance from its beginning.
class Pieces {
 public:
  /// `count` elements of T.
  template <class T>
  std::size_t take(std::int64_t count) {
    return take_bytes(static_cast<std::size_t>(count) * sizeof(T));
  }
  std::size_t take_bytes(std::size_t bytes) {
    const std::size_t piece = bytes_;
    bytes_ += (bytes + 255) / 256 * 256;
    return piece;
  }
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t bytes_ = 0;
};

template <class T>
T* piece(const KernelArgs& a, std::size_t at) {
  return reinterpret_cast<T*>(static_cast<unsigned char*>(a.workspace) + at);
}

/// Calls of gemm() and the workspace that the largest of them needs.
class Products {
 public:
  /// Adds a call; empty ones are allowed.
  void need(const GemmCall& call) { bytes_ = std::max(bytes_, gemm_workspace_bytes(call)); }
  void place(Pieces& pieces) { at_ = pieces.take_bytes(bytes_); }
  void run(const KernelArgs& a, const GemmCall& call, const void* x, const void* y,
           void* result) const {
    gemm(call, x, y, result, piece<unsigned char>(a, at_), a.stream);
  }

 private:
  std::size_t bytes_ = 0, at_ = 0;
};

}  // namespace weft::cuda
