// Keys sorted on the device by their digits, the lowest digit first; equal keys keep their order.
// sort_keys is the only way in: a library's sort may take its place.
#pragma once
#include <algorithm>

#include "backends/cuda/kernel.hpp"
#include "backends/cuda/scan.hpp"
#include "backends/cuda/workspace.hpp"

namespace weft::cuda {

/// `lists` lists of `size` keys each, of which the lowest `bits` bits count.
struct SortShape {
  std::int64_t lists = 1, size = 0;
  int bits = 32;
};

/// The keys in their order, and where in its list each one was.
template <class Key>
struct SortedKeys {
  const Key* keys;
  const std::uint32_t* places;
};

/// Bits of the numbers up to `most`.
inline int bits_of(std::int64_t most) {
  int bits = 1;
  while (bits < 63 && (most >> bits) != 0) ++bits;
  return bits;
}

namespace radix {

inline constexpr int threads = 256, warps = threads / warp_size, keys_of_warp = 256;
inline constexpr std::int64_t tile_size = std::int64_t{warps} * keys_of_warp;
inline constexpr int most_bits = 9, most_digits = 1 << most_bits;

/// One round over all keys, by one digit of each.
struct Pass {
  std::int64_t lists, size, tiles;
  int shift, digits;

  template <class Key>
  WEFT_HD unsigned digit(Key key) const {
    return static_cast<unsigned>(key >> shift) & static_cast<unsigned>(digits - 1);
  }
  /// Where the count of a digit stands; those of one digit lie side by side.
  WEFT_HD std::int64_t entry(std::int64_t list, int digit, std::int64_t tile) const {
    return (list * digits + digit) * tiles + tile;
  }
};

WEFT_HD int count_bits(unsigned x) {
#if defined(__CUDA_ARCH__)
  return __popc(x);
#else
  return __builtin_popcount(x);
#endif
}

/// How often each digit occurs in each tile.
template <class Key>
__global__ void count_kernel(Pass p, const Key* keys, std::uint32_t* table) {
  WEFT_SHARED(unsigned, counts, most_digits);
  for_each_row(p.lists * p.tiles, [&](std::int64_t job) {
    const std::int64_t list = job / p.tiles, tile = job % p.tiles;
    const Key* from = keys + list * p.size + tile * tile_size;
    const std::int64_t n = math::min(tile_size, p.size - tile * tile_size);
    __syncthreads();  // the tile before has been written
    for (int d = static_cast<int>(threadIdx.x); d < p.digits; d += threads) counts[d] = 0;
    __syncthreads();
    for_each_in_block(n, [&](std::int64_t i) { atomicAdd(&counts[p.digit(from[i])], 1u); });
    __syncthreads();
    for (int d = static_cast<int>(threadIdx.x); d < p.digits; d += threads)
      table[p.entry(list, d, tile)] = counts[d];
  });
}

/// Counts become the numbers of equal digits in the tiles before; a warp to a digit.
template <class Count>
__global__ void sum_kernel(Pass p, Count* table, Count* totals) {
  const unsigned lane = threadIdx.x % warp_size;
  const std::int64_t step = static_cast<std::int64_t>(gridDim.x) * warps;
  for (std::int64_t line = static_cast<std::int64_t>(blockIdx.x) * warps + threadIdx.x / warp_size;
       line < p.lists * p.digits; line += step) {
    Count* counts = table + line * p.tiles;
    Count before = 0;
    for (std::int64_t first = 0; first < p.tiles; first += warp_size) {
      const std::int64_t i = first + lane;
      const Count own = i < p.tiles ? counts[i] : 0;
      const Count with_own = warp_scan(own);
      if (i < p.tiles) counts[i] = before + with_own - own;
      before += __shfl_sync(all_lanes, with_own, warp_size - 1);
    }
    if (lane == 0) totals[line] = before;
  }
}

/// The lanes whose digit is this lane's own.
__device__ inline unsigned lanes_alike(unsigned digit, bool valid, int digits) {
  unsigned alike = __ballot_sync(all_lanes, valid ? 1 : 0);
  for (int bit = 1; bit < digits; bit *= 2) {
    const bool own = (digit & static_cast<unsigned>(bit)) != 0;
    const unsigned set = __ballot_sync(all_lanes, own ? 1 : 0);
    alike &= own ? set : ~set;
  }
  return alike;
}

/// Where the first key of each digit goes to: `first` holds how many there are in the list.
__device__ inline void place_digits(const Pass& p, unsigned* first) {
  const int per_thread = (p.digits + threads - 1) / threads;
  const int begin = static_cast<int>(threadIdx.x) * per_thread;
  const int end = math::min(begin + per_thread, p.digits);
  unsigned own = 0, total = 0;
  for (int d = begin; d < end; ++d) own += first[d];
  unsigned before = block_scan(own, total);
  for (int d = begin; d < end; ++d) {
    const unsigned count = first[d];
    first[d] = before;
    before += count;
  }
}

/// Keys to their places by one digit. Each warp has a piece of the tile and counts on from where
/// the warps before it end, so that equal digits stay in order.
template <class Key>
__global__ void move_kernel(Pass p, const Key* keys, const std::uint32_t* places,
                            const std::uint32_t* table, const std::uint32_t* totals, Key* to_keys,
                            std::uint32_t* to_places) {
  WEFT_SHARED(unsigned, next, warps* most_digits);
  WEFT_SHARED(unsigned, first, most_digits);
  const int thread = static_cast<int>(threadIdx.x);
  const unsigned lane = threadIdx.x % warp_size;
  unsigned* own_next = &next[threadIdx.x / warp_size * most_digits];
  for_each_row(p.lists * p.tiles, [&](std::int64_t job) {
    const std::int64_t list = job / p.tiles, tile = job % p.tiles, at = list * p.size;
    const std::int64_t begin = tile * tile_size + threadIdx.x / warp_size * keys_of_warp;
    const std::int64_t end = math::min(begin + keys_of_warp, p.size);
    __syncthreads();  // the tile before has been moved
    for (int i = thread; i < warps * most_digits; i += threads) next[i] = 0;
    __syncthreads();
    for (std::int64_t i = begin + lane; i < end; i += warp_size)
      atomicAdd(&own_next[p.digit(keys[at + i])], 1u);
    __syncthreads();
    for (int d = thread; d < p.digits; d += threads) {
      unsigned sum = 0;
      for (int w = 0; w < warps; ++w) {
        const unsigned count = next[w * most_digits + d];
        next[w * most_digits + d] = sum;
        sum += count;
      }
      first[d] = p.tiles == 1 ? sum : totals[list * p.digits + d];
    }
    __syncthreads();
    place_digits(p, &first[0]);
    __syncthreads();
    for (int d = thread; d < p.digits; d += threads) {
      const unsigned start = first[d] + (p.tiles == 1 ? 0 : table[p.entry(list, d, tile)]);
      for (int w = 0; w < warps; ++w) next[w * most_digits + d] += start;
    }
    __syncthreads();
    for (std::int64_t round = begin; round < end; round += warp_size) {
      const std::int64_t i = round + lane;
      const bool valid = i < end;
      const Key key = valid ? keys[at + i] : Key(0);
      const unsigned digit = p.digit(key), alike = lanes_alike(digit, valid, p.digits);
      const unsigned rank = static_cast<unsigned>(count_bits(alike & ((1u << lane) - 1u)));
      const unsigned to = own_next[digit] + rank;
      __syncwarp();  // all lanes have read
      if (valid && rank == 0) own_next[digit] += static_cast<unsigned>(count_bits(alike));
      __syncwarp();
      if (valid) {
        to_keys[at + to] = key;
        to_places[at + to] = places == nullptr ? static_cast<std::uint32_t>(i) : places[at + i];
      }
    }
  });
}

/// The arrays of a sort.
template <class Key>
struct Arrays {
  Key* keys;
  std::uint32_t *places[2], *table, *totals;
  Arrays(const SortShape& s, WorkspaceParts& parts)
      : keys(parts.take<Key>(s.lists * s.size)),
        places{parts.take<std::uint32_t>(s.lists * s.size),
               parts.take<std::uint32_t>(s.lists * s.size)},
        table(parts.take<std::uint32_t>(s.lists * most_digits * tiles(s))),
        totals(parts.take<std::uint32_t>(s.lists * most_digits)) {}
  static std::int64_t tiles(const SortShape& s) { return (s.size + tile_size - 1) / tile_size; }
};

}  // namespace radix

/// The workspace of sort_keys.
template <class Key>
std::size_t sort_workspace(const SortShape& shape) {
  WorkspaceParts parts(nullptr);
  const radix::Arrays<Key> arrays(shape, parts);
  return parts.bytes();
}

/// Sorts lists of less than 2^32 keys. The result lies in the workspace, or its keys where they
/// were.
template <class Key>
SortedKeys<Key> sort_keys(const SortShape& shape, Key* keys, void* workspace, void* stream) {
  WorkspaceParts parts(workspace);
  const radix::Arrays<Key> arrays(shape, parts);
  Key* const buffers[2] = {keys, arrays.keys};
  const int passes = (shape.bits + radix::most_bits - 1) / radix::most_bits;
  const int digit_bits = (shape.bits + passes - 1) / passes;
  const LaunchShape tiles = {
      .blocks = shape_for_rows(shape.lists * arrays.tiles(shape), radix::threads).blocks,
      .threads = radix::threads};
  for (int i = 0; i < passes; ++i) {
    const int shift = i * digit_bits, bits = std::min(digit_bits, shape.bits - shift);
    const radix::Pass p{shape.lists, shape.size, arrays.tiles(shape), shift, 1 << bits};
    const Key* from = buffers[i % 2];
    if (p.tiles > 1) {
      launch(radix::count_kernel<Key>, tiles, stream, p, from, arrays.table);
      launch(radix::sum_kernel<std::uint32_t>, shape_for(p.lists * p.digits * warp_size), stream, p,
             arrays.table, arrays.totals);
    }
    launch(radix::move_kernel<Key>, tiles, stream, p, from, i == 0 ? nullptr : arrays.places[i % 2],
           arrays.table, arrays.totals, buffers[1 - i % 2], arrays.places[1 - i % 2]);
  }
  return {buffers[passes % 2], arrays.places[passes % 2]};
}

}  // namespace weft::cuda
