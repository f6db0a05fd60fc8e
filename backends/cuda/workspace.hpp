// Several arrays in one workspace.
#pragma once
#include <cstddef>
#include <cstdint>

namespace weft::cuda {

/// Cuts a workspace into arrays, each 256-byte aligned. Of null it cuts nothing but counts: prepare
/// and run take the same arrays.
class WorkspaceParts {
 public:
  explicit WorkspaceParts(void* workspace) : workspace_(static_cast<std::byte*>(workspace)) {}
  template <class T>
  T* take(std::int64_t n) {
    std::byte* part = workspace_ == nullptr ? nullptr : workspace_ + bytes_;
    const std::size_t size = static_cast<std::size_t>(n) * sizeof(T);
    bytes_ += (size + 255) / 256 * 256;
    return reinterpret_cast<T*>(part);
  }
  std::size_t bytes() const { return bytes_; }

 private:
  std::byte* workspace_;
  std::size_t bytes_ = 0;
};

}  // namespace weft::cuda
