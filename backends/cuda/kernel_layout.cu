#include "backends/cuda/kernel_layout.hpp"

#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

constexpr int tile = 32;  // elements of a side
constexpr int lines = 8;  // of a tile that a block moves at once

/// to [columns, rows] = from [rows, columns], transposed; a block to a tile.
template <class T>
__global__ void transpose_kernel(T* to, const T* from, std::int64_t rows, std::int64_t columns) {
  WEFT_SHARED(T, elements, tile * (tile + 1));  // one more: a column's elements in different banks
  const int x = static_cast<int>(threadIdx.x) % tile, y = static_cast<int>(threadIdx.x) / tile;
  const std::int64_t across = (columns + tile - 1) / tile, down = (rows + tile - 1) / tile;
  for_each_row(across * down, [&](std::int64_t number) {
    const std::int64_t row = number / across * tile, column = number % across * tile;
    for (int i = y; i < tile; i += lines) {
      if (row + i < rows && column + x < columns)
        elements[i * (tile + 1) + x] = from[(row + i) * columns + column + x];
    }
    __syncthreads();
    for (int i = y; i < tile; i += lines) {
      if (column + i < columns && row + x < rows)
        to[(column + i) * rows + row + x] = elements[x * (tile + 1) + i];
    }
    __syncthreads();
  });
}

template <class T>
void transpose(const void* from, void* to, std::int64_t rows, std::int64_t columns, void* stream) {
  constexpr std::int64_t most = multiprocessors * 16;
  const std::int64_t tiles = ((rows + tile - 1) / tile) * ((columns + tile - 1) / tile);
  launch(transpose_kernel<T>,
         {.blocks = static_cast<unsigned>(tiles < most ? tiles : most), .threads = tile * lines},
         stream, static_cast<T*>(to), static_cast<const T*>(from), rows, columns);
}

void transpose(std::size_t item_bytes, const void* from, void* to, std::int64_t rows,
               std::int64_t columns, void* stream) {
  if (item_bytes == sizeof(std::uint16_t))
    transpose<std::uint16_t>(from, to, rows, columns, stream);
  else if (item_bytes == sizeof(std::uint32_t))
    transpose<std::uint32_t>(from, to, rows, columns, stream);
  else
    transpose<std::uint64_t>(from, to, rows, columns, stream);
}

}  // namespace

void to_cudnn_layout(const KernelLayout& layout, const void* keras, void* cudnn, void* stream) {
  transpose(layout.item_bytes, keras, cudnn, layout.per_filter, layout.filters, stream);
}

void to_keras_layout(const KernelLayout& layout, const void* cudnn, void* keras, void* stream) {
  transpose(layout.item_bytes, cudnn, keras, layout.filters, layout.per_filter, stream);
}

}  // namespace weft::cuda
