// The stand-in for CUB's radix sort: the standard library's stable sort, in the order of the
// emulated stream. What CUB leaves undefined holds rubbish afterwards.
#include "backends/cuda/device_sort.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <cstring>
#include <numeric>
#include <vector>

#include "backends/cuda/emulate/coverage.hpp"
#include "backends/cuda/emulate/grid.hpp"
#include "backends/cuda/emulate/host_api.hpp"
#include "backends/cuda/stream.hpp"

namespace weft::cuda {
namespace {

// As CUB has it, roughly: up to so many keys one block sorts them in one go, more of them are moved
// from one half to the other for each digit.
constexpr std::int64_t one_tile = 4096;
constexpr int digit_bits = 8;
constexpr std::int64_t bytes_of_tile = 1024;
constexpr int rubbish = 0xff;

template <class Key>
struct Sort {
  const Key* from_keys;
  const std::uint32_t* from_values;
  Key* to_keys;
  std::uint32_t* to_values;
  std::size_t n;
  Key mask;

  std::vector<std::size_t> order() const {
    std::vector<std::size_t> places(n);
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::stable_sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
      return (from_keys[a] & mask) < (from_keys[b] & mask);
    });
    return places;
  }
  /// From and to may be the same.
  void run() const {
    std::vector<Key> keys;
    std::vector<std::uint32_t> values;
    for (const std::size_t place : order()) {
      keys.push_back(from_keys[place]);
      values.push_back(from_values[place]);
    }
    std::copy(keys.begin(), keys.end(), to_keys);
    std::copy(values.begin(), values.end(), to_values);
  }
};

template <class Key>
void check(std::int64_t n, int bits) {
  if (n >= 0 && n <= most_sorted && bits > 0 && bits <= 8 * static_cast<int>(sizeof(Key))) return;
  throw DeviceError(fmt::format(
      "emulated sort: expected at most {} keys and 1 to {} bits. Received: {} keys, {} bits",
      most_sorted, 8 * sizeof(Key), n, bits));
}

}  // namespace

template <class Key>
std::size_t sort_pairs_workspace(std::int64_t n, int bits) {
  check<Key>(n, bits);
  return static_cast<std::size_t>((n + one_tile - 1) / one_tile * bytes_of_tile);
}

template <class Key>
void sort_pairs(SortedPairs<Key>& pairs, std::int64_t n, int bits, void* workspace,
                std::size_t workspace_bytes, void* stream) {
  const std::size_t needed = sort_pairs_workspace<Key>(n, bits);
  if (n == 0) return;
  if (workspace_bytes < needed) {
    throw DeviceError(
        fmt::format("emulated sort: the workspace is too small. Expected: {} bytes. Received: {}",
                    needed, workspace_bytes));
  }
  StreamHandle handle = stream_of(stream).handle();
  emulate::check_pointer(handle, workspace);
  for (const int half : {0, 1}) {
    emulate::check_pointer(handle, pairs.keys[half]);
    emulate::check_pointer(handle, pairs.values[half]);
  }
  const int from = pairs.current, moves = n <= one_tile ? 1 : (bits + digit_bits - 1) / digit_bits;
  const int to = (from + moves) % 2;
  const auto all = ~Key(0);
  const Sort<Key> sort{pairs.keys[from],
                       pairs.values[from],
                       pairs.keys[to],
                       pairs.values[to],
                       static_cast<std::size_t>(n),
                       static_cast<Key>(all >> (8 * static_cast<int>(sizeof(Key)) - bits))};
  emulate::note_library_call("cub::DeviceRadixSort::SortPairs");
  emulate::enqueue(
      handle, [sort, keys = pairs.keys[1 - to], values = pairs.values[1 - to], workspace, needed] {
        sort.run();
        std::memset(keys, rubbish, sort.n * sizeof(Key));
        std::memset(values, rubbish, sort.n * sizeof(std::uint32_t));
        std::memset(workspace, rubbish, needed);
      });
  pairs.current = to;
}

template std::size_t sort_pairs_workspace<std::uint32_t>(std::int64_t, int);
template std::size_t sort_pairs_workspace<std::uint64_t>(std::int64_t, int);
template void sort_pairs(SortedPairs<std::uint32_t>&, std::int64_t, int, void*, std::size_t, void*);
template void sort_pairs(SortedPairs<std::uint64_t>&, std::int64_t, int, void*, std::size_t, void*);

}  // namespace weft::cuda
