// A convolution's kernel, from Keras's layout to cuDNN's and back.
#pragma once
#include <cstddef>
#include <cstdint>

namespace weft::cuda {

/// Keras's `[window..., channels / groups, filters]` and cuDNN's `[filters, window..., channels /
/// groups]`: each the other's transpose, seen as a matrix.
struct KernelLayout {
  std::int64_t filters = 0, per_filter = 0;  ///< per_filter: window * channels / groups
  std::size_t item_bytes = 0;                ///< of an element: 2, 4 or 8

  /// Whether both are the same in memory.
  bool is_same() const { return filters <= 1 || per_filter <= 1; }
  std::size_t bytes() const {
    return static_cast<std::size_t>(filters) * static_cast<std::size_t>(per_filter) * item_bytes;
  }
};

/// cudnn = Keras's kernel in cuDNN's layout; both lie on the device. `stream` is that of
/// KernelArgs.
void to_cudnn_layout(const KernelLayout& layout, const void* keras, void* cudnn, void* stream);
/// The way back, that of a gradient.
void to_keras_layout(const KernelLayout& layout, const void* cudnn, void* keras, void* stream);

}  // namespace weft::cuda
