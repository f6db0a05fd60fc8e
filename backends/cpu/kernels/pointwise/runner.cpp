#include "backends/cpu/kernels/pointwise/runner.hpp"

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "backends/cpu/simd/cast.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

constexpr std::int64_t chunk =
    512;  // elements in a conversion buffer: 4 KiB of the widest type, all in L1

template <class T>
void widen_all(const void* from, std::int64_t n, void* to) {
  for (std::int64_t i = 0; i < n; ++i)
    static_cast<std::int64_t*>(to)[i] = static_cast<std::int64_t>(static_cast<const T*>(from)[i]);
}
template <class T>
void narrow_all(const void* from, std::int64_t n, void* to) {
  for (std::int64_t i = 0; i < n; ++i)  // modulo 2^n
    static_cast<T*>(to)[i] = static_cast<T>(static_cast<const std::int64_t*>(from)[i]);
}

void widen_all(DType storage, const void* from, std::int64_t n, void* to) {
  switch (storage.code()) {
    case DType::float16:
      return cast_loops().float16_to_float(from, to, n);
    case DType::bfloat16:
      return cast_loops().bfloat16_to_float(from, to, n);
    case DType::int8:
      return widen_all<std::int8_t>(from, n, to);
    case DType::int16:
      return widen_all<std::int16_t>(from, n, to);
    case DType::uint16:
      return widen_all<std::uint16_t>(from, n, to);
    default:
      return widen_all<std::uint32_t>(from, n, to);
  }
}
void narrow_all(DType storage, const void* from, std::int64_t n, void* to) {
  switch (storage.code()) {
    case DType::float16:
      return cast_loops().float_to_float16(from, to, n);
    case DType::bfloat16:
      return cast_loops().float_to_bfloat16(from, to, n);
    case DType::int8:
      return narrow_all<std::int8_t>(from, n, to);
    case DType::int16:
      return narrow_all<std::int16_t>(from, n, to);
    case DType::uint16:
      return narrow_all<std::uint16_t>(from, n, to);
    default:
      return narrow_all<std::uint32_t>(from, n, to);
  }
}

struct Pointers {
  std::array<const std::byte*, max_operands> in = {};
  std::byte* out = nullptr;
  /// By so many elements, each operand by its own stride.
  void move(const Pointwise& k, std::int64_t by, const std::int64_t* stride, std::int64_t out_by) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(k.operands); ++i)
      in[i] += by * stride[i] * static_cast<std::int64_t>(k.in_bytes[i]);
    out += out_by * static_cast<std::int64_t>(k.out_bytes);
  }
};

/// One row, a chunk at a time through buffers on the stack.
void run_converted_row(const Pointwise& k, const Block& whole, Pointers at) {
  alignas(64) std::byte buffers[max_operands + 1][chunk * sizeof(std::int64_t)];
  Block part;
  std::copy_n(whole.column_stride, max_operands, part.column_stride);
  for (std::int64_t done = 0; done < whole.columns; done += chunk) {
    part.columns = std::min(chunk, whole.columns - done);
    std::array<const void*, max_operands> in = {};
    for (std::size_t i = 0; i < static_cast<std::size_t>(k.operands); ++i) {
      const bool varies = whole.column_stride[i] != 0;
      const std::byte* from =
          at.in[i] + (varies ? static_cast<std::size_t>(done) * k.in_bytes[i] : 0);
      if (varies || done == 0) widen_all(k.storage, from, varies ? part.columns : 1, buffers[i]);
      in[i] = buffers[i];
    }
    std::byte* out = at.out + static_cast<std::size_t>(done) * k.out_bytes;
    k.loop(&k.functor, part, in.data(), k.converts_output ? buffers[max_operands] : out);
    if (k.converts_output) narrow_all(k.storage, buffers[max_operands], part.columns, out);
  }
}

constexpr std::int64_t repeated_elements = 256;

/// Puts `count` copies of a row side by side.
void repeat_row(const std::byte* row, std::size_t bytes, std::size_t count, std::byte* to) {
  std::memcpy(to, row, bytes);
  for (std::size_t done = 1; done < count;) {
    const std::size_t more = std::min(done, count - done);
    std::memcpy(to + done * bytes, to, more * bytes);
    done += more;
  }
}

/// Short rows, many as one.
void run_short_rows(const Pointwise& k, const Block& whole, Pointers at) {
  alignas(64) std::byte buffers[max_operands][repeated_elements * sizeof(std::int64_t)];
  const std::int64_t at_once = std::min(k.rows_at_once, whole.rows);
  Block dense;
  dense.rows = whole.rows / at_once;
  dense.columns = dense.out_stride = whole.columns * at_once;
  std::array<const void*, max_operands> in = {};
  for (std::size_t i = 0; i < static_cast<std::size_t>(k.operands); ++i) {
    dense.column_stride[i] = whole.column_stride[i];
    in[i] = at.in[i];
    if (whole.row_stride[i] != 0) {
      dense.row_stride[i] = dense.columns;
    } else if (whole.column_stride[i] != 0) {
      repeat_row(at.in[i], static_cast<std::size_t>(whole.columns) * k.in_bytes[i],
                 static_cast<std::size_t>(at_once), buffers[i]);
      in[i] = buffers[i];
    }
  }
  k.loop(&k.functor, dense, in.data(), at.out);
  const std::int64_t done = dense.rows * at_once;
  if (done == whole.rows) return;
  at.move(k, done, whole.row_stride, done * whole.out_stride);
  Block rest = whole;
  rest.rows = whole.rows - done;
  in = {at.in[0], at.in[1], at.in[2]};
  k.loop(&k.functor, rest, in.data(), at.out);
}

void run_block(const Pointwise& k, const Block& block, Pointers at) {
  if (k.converts) {
    for (std::int64_t row = 0; row < block.rows; ++row) {
      run_converted_row(k, block, at);
      at.move(k, 1, block.row_stride, block.out_stride);
    }
  } else if (k.rows_at_once > 1) {
    run_short_rows(k, block, at);
  } else {
    const std::array<const void*, max_operands> in = {at.in[0], at.in[1], at.in[2]};
    k.loop(&k.functor, block, in.data(), at.out);
  }
}

/// Which rows, counted over all blocks, and which columns of them.
struct Part {
  std::int64_t row, row_end, column, column_end;
};

void run_part(const Pointwise& k, const KernelArgs& args, const Part& part) {
  const Geometry& g = k.geometry;
  Pointers start;
  for (int i = 0; i < k.operands; ++i)
    start.in[static_cast<std::size_t>(i)] = args.in<std::byte>(i);
  start.out = args.out<std::byte>(0);
  start.move(k, part.column, g.block.column_stride, part.column);
  Block block = g.block;
  block.columns = part.column_end - part.column;
  for (std::int64_t row = part.row; row < part.row_end;) {
    const std::int64_t first = row % g.block.rows;
    std::int64_t index = row / g.block.rows;
    block.rows = std::min(g.block.rows - first, part.row_end - row);
    Pointers at = start;
    at.move(k, first, g.block.row_stride, row * g.block.out_stride);
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(g.outer_rank); ++axis) {
      at.move(k, index % g.outer_size[axis], g.outer_stride[axis].data(), 0);
      index /= g.outer_size[axis];
    }
    run_block(k, block, at);
    row += block.rows;
  }
}

}  // namespace

DType compute_dtype(DType dtype) {
  switch (dtype.code()) {
    case DType::float16:
    case DType::bfloat16:
      return DType::float32;
    case DType::int8:
    case DType::int16:
    case DType::uint16:
    case DType::uint32:
      return DType::int64;
    default:
      return dtype;
  }
}

bool choose_loop(Pointwise& k, const BlockLoops& loops) {
  const Block& b = k.geometry.block;
  unsigned varying = 0;
  bool row = false, number = false, short_rows = b.columns <= repeated_elements / 4 && b.rows >= 8;
  for (int i = 0; i < k.operands; ++i) {
    if (b.column_stride[i] != 0) varying |= 1u << i;
    row = row || (b.column_stride[i] != 0 && b.row_stride[i] == 0);
    number = number || (b.column_stride[i] == 0 && b.row_stride[i] != 0);
    short_rows = short_rows &&
                 (b.row_stride[i] == 0 || b.row_stride[i] == b.columns || b.column_stride[i] == 0);
  }
  k.loop = loops.by_stride[varying];
  if (short_rows && row && !number && !k.converts) k.rows_at_once = repeated_elements / b.columns;
  return k.loop != nullptr;
}

void run(const Pointwise& k, const KernelArgs& args) {
  const Geometry& g = k.geometry;
  if (g.blocks == 0) return;
  const std::int64_t rows = g.blocks * g.block.rows, columns = g.block.columns;
  if (rows * columns < 2 * k.grain) {
    run_part(k, args, {0, rows, 0, columns});
  } else if (rows >= columns) {
    parallel_for(rows, std::max<std::int64_t>(1, k.grain / columns),
                 [&](std::int64_t begin, std::int64_t end) {
                   run_part(k, args, {begin, end, 0, columns});
                 });
  } else {
    parallel_for(columns, std::max<std::int64_t>(1, k.grain / rows),
                 [&](std::int64_t begin, std::int64_t end) {
                   run_part(k, args, {0, rows, begin, end});
                 });
  }
}

}  // namespace weft::cpu
