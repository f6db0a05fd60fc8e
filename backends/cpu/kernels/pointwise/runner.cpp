#include "backends/cpu/kernels/pointwise/runner.hpp"

#include <weft/core/functors/half.h>

#include <algorithm>
#include <cstddef>

namespace weft::cpu {
namespace {

constexpr std::int64_t chunk =
    512;  // elements in a conversion buffer: 4 KiB of the widest type, all in L1

float widen(Float16 x) { return to_float(x); }
float widen(BFloat16 x) { return to_float(x); }
template <class T>
std::int64_t widen(T x) {
  return static_cast<std::int64_t>(x);
}
void narrow(float x, Float16& out) { out = to_float16(x); }
void narrow(float x, BFloat16& out) { out = to_bfloat16(x); }
template <class T>
void narrow(std::int64_t x, T& out) {
  out = static_cast<T>(x);  // modulo 2^n
}

template <class T>
void widen_all(const void* from, std::int64_t n, void* to) {
  using Wide = decltype(widen(T{}));
  for (std::int64_t i = 0; i < n; ++i)
    static_cast<Wide*>(to)[i] = widen(static_cast<const T*>(from)[i]);
}
template <class T>
void narrow_all(const void* from, std::int64_t n, void* to) {
  using Wide = decltype(widen(T{}));
  for (std::int64_t i = 0; i < n; ++i)
    narrow(static_cast<const Wide*>(from)[i], static_cast<T*>(to)[i]);
}

void widen_all(DType storage, const void* from, std::int64_t n, void* to) {
  switch (storage.code()) {
    case DType::float16:
      return widen_all<Float16>(from, n, to);
    case DType::bfloat16:
      return widen_all<BFloat16>(from, n, to);
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
      return narrow_all<Float16>(from, n, to);
    case DType::bfloat16:
      return narrow_all<BFloat16>(from, n, to);
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
};

/// One row, a chunk at a time through buffers on the stack.
void run_converted_row(const Pointwise& k, const void* functor, Pointers at) {
  alignas(64) std::byte buffers[max_operands + 1][chunk * sizeof(std::int64_t)];
  const Block& whole = k.geometry.block;
  Block part;
  part.column_stride = whole.column_stride;
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
    k.loop(functor, part, in.data(), k.converts_output ? buffers[max_operands] : out);
    if (k.converts_output) narrow_all(k.storage, buffers[max_operands], part.columns, out);
  }
}

void run_converted(const Pointwise& k, const void* functor, const Pointers& block) {
  Pointers at = block;
  for (std::int64_t row = 0; row < k.geometry.block.rows; ++row) {
    run_converted_row(k, functor, at);
    for (std::size_t i = 0; i < static_cast<std::size_t>(k.operands); ++i) {
      at.in[i] += k.geometry.block.row_stride[i] * static_cast<std::int64_t>(k.in_bytes[i]);
    }
    at.out += k.geometry.block.columns * static_cast<std::int64_t>(k.out_bytes);
  }
}

void run_block(const Pointwise& k, const void* functor, const Pointers& at) {
  if (k.converts) return run_converted(k, functor, at);
  const std::array<const void*, max_operands> in = {at.in[0], at.in[1], at.in[2]};
  k.loop(functor, k.geometry.block, in.data(), at.out);
}

/// To the next block, as an odometer counts: the innermost outer axis first.
void advance(const Pointwise& k, std::array<std::int64_t, Shape::max_rank>& position,
             Pointers& at) {
  for (std::size_t axis = 0; axis < static_cast<std::size_t>(k.geometry.outer_rank); ++axis) {
    const auto& stride = k.geometry.outer_stride[axis];
    const std::int64_t size = k.geometry.outer_size[axis];
    const bool wraps = ++position[axis] == size;
    for (std::size_t i = 0; i < static_cast<std::size_t>(k.operands); ++i) {
      at.in[i] += (wraps ? 1 - size : 1) * stride[i] * static_cast<std::int64_t>(k.in_bytes[i]);
    }
    if (!wraps) return;
    position[axis] = 0;
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

void run(const Pointwise& k, const void* functor, const KernelArgs& args) {
  Pointers at;
  for (int i = 0; i < k.operands; ++i) at.in[static_cast<std::size_t>(i)] = args.in<std::byte>(i);
  at.out = args.out<std::byte>(0);
  std::array<std::int64_t, Shape::max_rank> position = {};
  const std::size_t block_bytes =
      static_cast<std::size_t>(k.geometry.block.rows * k.geometry.block.columns) * k.out_bytes;
  for (std::int64_t block = 0; block < k.geometry.blocks; ++block) {
    run_block(k, functor, at);
    at.out += block_bytes;
    if (block + 1 < k.geometry.blocks) advance(k, position, at);
  }
}

}  // namespace weft::cpu
