// sort_pairs by CUB: the only source that sees its headers, which take nvcc longer than any kernel
// of ours. DeviceRadixSort is stable, gives the same bits in every run, and is nothing but kernels
// and fills on its stream; what it asks of the runtime meanwhile (the current device, its
// multiprocessors, a kernel's occupancy) is allowed in a capture.
#include "backends/cuda/device_sort.hpp"

#include <weft/core/error.h>

#include <cub/device/device_radix_sort.cuh>

#include "backends/cuda/planning.hpp"
#include "backends/cuda/runtime_api.hpp"
#include "backends/cuda/stream.hpp"

namespace weft::cuda {
namespace {

template <class Key>
void sort(SortedPairs<Key>& pairs, std::int64_t n, int bits, void* workspace, std::size_t& bytes,
          cudaStream_t stream) {
  if (n < 0 || n > most_sorted) throw DeviceError("cuda: too many keys for one sort");
  cub::DoubleBuffer<Key> keys(pairs.keys[0], pairs.keys[1]);
  cub::DoubleBuffer<std::uint32_t> values(pairs.values[0], pairs.values[1]);
  keys.selector = values.selector = pairs.current;
  check(cub::DeviceRadixSort::SortPairs(workspace, bytes, keys, values,
                                        static_cast<std::uint32_t>(n), 0, bits, stream),
        "CUB's radix sort");
  pairs.current = keys.selector;
}

/// More than any device needs, without asking one: a table of 256 counts for each tile, none of
/// which is as small as 1024 keys, and one for each digit.
std::size_t most_workspace(std::int64_t n) {
  constexpr std::size_t table_bytes = 256 * sizeof(std::uint32_t), least_tile = 1024;
  const std::size_t tiles = static_cast<std::size_t>(n) / least_tile + 1;
  return at_most((tiles + 2 * sizeof(std::uint64_t)) * table_bytes);
}

}  // namespace

template <class Key>
std::size_t sort_pairs_workspace(std::int64_t n, int bits) {
  if (n == 0) return 0;
  if (preparing_backend().only_plans()) return most_workspace(n);
  std::size_t bytes = 0;
  SortedPairs<Key> none = {};
  sort(none, n, bits, nullptr, bytes, nullptr);
  return bytes;
}

template <class Key>
void sort_pairs(SortedPairs<Key>& pairs, std::int64_t n, int bits, void* workspace,
                std::size_t workspace_bytes, void* stream) {
  if (n == 0) return;
  sort(pairs, n, bits, workspace, workspace_bytes,
       static_cast<cudaStream_t>(stream_of(stream).handle()));
}

template std::size_t sort_pairs_workspace<std::uint32_t>(std::int64_t, int);
template std::size_t sort_pairs_workspace<std::uint64_t>(std::int64_t, int);
template void sort_pairs(SortedPairs<std::uint32_t>&, std::int64_t, int, void*, std::size_t, void*);
template void sort_pairs(SortedPairs<std::uint64_t>&, std::int64_t, int, void*, std::size_t, void*);

}  // namespace weft::cuda
