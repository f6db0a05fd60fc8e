#include "backends/cuda/recurrent_weights.hpp"

#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

constexpr int tile = 32;  // elements of a side
constexpr int lines = 8;  // of a tile that a block moves at once

WEFT_HD std::int64_t tiles_along(std::int64_t size) { return (size + tile - 1) / tile; }

/// A tile of one gate's matrix. All matrices are cut into tiles, which are numbered through: first
/// those of the kernel, gate by gate, then those of the recurrent kernel.
struct Tile {
  int gate;
  bool recurrent;
  std::int64_t width;        ///< of cuDNN's matrix [units, width]
  std::int64_t unit, along;  ///< its first row and column there

  WEFT_HD Tile(const RecurrentWeights& w, std::int64_t number) {
    const std::int64_t down = tiles_along(w.units),
                       of_kernel = down * tiles_along(w.inputs) * w.gates;
    recurrent = number >= of_kernel;
    width = recurrent ? w.units : w.inputs;
    const std::int64_t rest = recurrent ? number - of_kernel : number;
    const std::int64_t across = tiles_along(width), each = down * across;
    gate = static_cast<int>(rest / each);
    unit = rest % each / across * tile;
    along = rest % across * tile;
  }
  WEFT_HD std::int64_t offset(const RecurrentWeights& w) const {
    return recurrent ? w.recurrent_kernel[gate] : w.kernel[gate];
  }
};

std::int64_t tile_count(const RecurrentWeights& w) {
  return w.gates * tiles_along(w.units) * (tiles_along(w.inputs) + tiles_along(w.units));
}

/// One tile of a matrix, transposed on its way: element (row, column) of `from` [rows, columns],
/// whose rows are `from_lead` apart, is element (column, row) of `to`. All threads of the block.
template <class T>
struct TileMove {
  const T* from;
  T* to;
  std::int64_t from_lead, to_lead, rows, columns, row, column;

  __device__ void run(T* elements) const {
    const int x = static_cast<int>(threadIdx.x) % tile, y = static_cast<int>(threadIdx.x) / tile;
    for (int i = y; i < tile; i += lines) {
      if (row + i < rows && column + x < columns)
        elements[i * (tile + 1) + x] = from[(row + i) * from_lead + column + x];
    }
    __syncthreads();
    for (int i = y; i < tile; i += lines) {
      if (column + i < columns && row + x < rows)
        to[(column + i) * to_lead + row + x] = elements[x * (tile + 1) + i];
    }
    __syncthreads();
  }
};

template <class T>
__global__ void pack_weights_kernel(RecurrentWeights w, std::int64_t tiles, const T* kernel,
                                    const T* recurrent_kernel, const T* bias, T* packed) {
  WEFT_SHARED(T, elements, tile * (tile + 1));  // one more: a column's elements in different banks
  const std::int64_t columns = w.gates * w.units;
  for_each_row(tiles, [&](std::int64_t number) {
    const Tile t(w, number);
    const TileMove<T> move{.from = (t.recurrent ? recurrent_kernel : kernel) + t.gate * w.units,
                           .to = packed + t.offset(w),
                           .from_lead = columns,
                           .to_lead = t.width,
                           .rows = t.width,
                           .columns = w.units,
                           .row = t.along,
                           .column = t.unit};
    move.run(elements);
  });
  for_each_index(2 * columns, [&](std::int64_t i) {
    const std::int64_t row = i / columns, gate = i % columns / w.units, unit = i % w.units;
    packed[w.bias[row][gate] + unit] = row < w.bias_rows ? bias[i] : T(0);
  });
}

template <class T>
__global__ void unpack_weights_kernel(RecurrentWeights w, std::int64_t tiles, const T* packed,
                                      T* kernel, T* recurrent_kernel, T* bias) {
  WEFT_SHARED(T, elements, tile * (tile + 1));
  const std::int64_t columns = w.gates * w.units;
  for_each_row(tiles, [&](std::int64_t number) {
    const Tile t(w, number);
    const TileMove<T> move{.from = packed + t.offset(w),
                           .to = (t.recurrent ? recurrent_kernel : kernel) + t.gate * w.units,
                           .from_lead = t.width,
                           .to_lead = columns,
                           .rows = w.units,
                           .columns = t.width,
                           .row = t.unit,
                           .column = t.along};
    move.run(elements);
  });
  for_each_index(w.bias_rows * columns, [&](std::int64_t i) {
    const std::int64_t row = i / columns, gate = i % columns / w.units, unit = i % w.units;
    bias[i] = packed[w.bias[row][gate] + unit];
  });
}

/// A block to each tile.
LaunchShape shape_for_tiles(std::int64_t tiles) {
  constexpr std::int64_t most = multiprocessors * 16;
  return {.blocks = static_cast<unsigned>(tiles < most ? tiles : most), .threads = tile * lines};
}

/// Calls f(Type<T>{}) for numbers of so many bytes, which are moved as they are.
template <class F>
void with_item(std::size_t bytes, F&& f) {
  if (bytes == sizeof(std::uint16_t)) return f(Type<std::uint16_t>{});
  if (bytes == sizeof(std::uint32_t)) return f(Type<std::uint32_t>{});
  f(Type<std::uint64_t>{});
}

}  // namespace

void pack_weights(const RecurrentWeights& w, const KerasWeights<const void*>& from, void* packed,
                  void* stream) {
  const std::int64_t tiles = tile_count(w);
  with_item(w.item_bytes, [&]<class T>(Type<T>) {
    launch(pack_weights_kernel<T>, shape_for_tiles(tiles), stream, w, tiles,
           static_cast<const T*>(from.kernel), static_cast<const T*>(from.recurrent_kernel),
           static_cast<const T*>(from.bias), static_cast<T*>(packed));
  });
}

void unpack_weights(const RecurrentWeights& w, const void* packed, const KerasWeights<void*>& to,
                    void* stream) {
  const std::int64_t tiles = tile_count(w);
  with_item(w.item_bytes, [&]<class T>(Type<T>) {
    launch(unpack_weights_kernel<T>, shape_for_tiles(tiles), stream, w, tiles,
           static_cast<const T*>(packed), static_cast<T*>(to.kernel),
           static_cast<T*>(to.recurrent_kernel), static_cast<T*>(to.bias));
  });
}

}  // namespace weft::cuda
