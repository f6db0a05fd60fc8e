// Lists of keys sorted on the device, each by itself, by sort_pairs: all keys at once, whatever
// list they are of, and then by their lists, which leaves the keys of one list in order. So the
// work does not depend on how long the lists are. (CUB's own sorts of segments give each of them to
// one block, DeviceSegmentedRadixSort, or wait for the host, DeviceSegmentedSort.)
#pragma once
#include <algorithm>

#include "backends/cuda/device_sort.hpp"
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/workspace.hpp"

namespace weft::cuda {

/// `lists` lists of `size` keys each, of which the lowest `bits` bits count; at most most_sorted
/// keys in all.
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

namespace list_sort {

template <class Place>
__global__ void positions_kernel(std::int64_t n, Place* positions) {
  for_each_index(n, [&](std::int64_t i) { positions[i] = static_cast<Place>(i); });
}

/// The list of each position, with the number of the position.
template <class Place>
__global__ void lists_kernel(std::int64_t n, IndexDivisor by_size, const Place* positions,
                             Place* lists, Place* numbers) {
  for_each_index(n, [&](std::int64_t i) {
    std::int64_t place = 0;
    lists[i] = static_cast<Place>(by_size.divide(positions[i], place));
    numbers[i] = static_cast<Place>(i);
  });
}

template <class Key, class Place>
__global__ void gather_kernel(std::int64_t n, IndexDivisor by_size, const Place* numbers,
                              const Key* keys, const Place* positions, Key* to_keys,
                              Place* to_places) {
  for_each_index(n, [&](std::int64_t i) {
    const Place from = numbers[i];
    std::int64_t place = 0;
    by_size.divide(positions[from], place);
    to_keys[i] = keys[from];
    to_places[i] = static_cast<Place>(place);
  });
}

}  // namespace list_sort

/// The sort of one shape, ready to be run again and again.
template <class Key>
class ListSort {
 public:
  explicit ListSort(const SortShape& shape)
      : shape_(shape), rest_bytes_(sort_pairs_workspace<Key>(count(shape.lists), shape.bits)) {
    if (has_lists()) {
      rest_bytes_ = std::max(
          rest_bytes_, sort_pairs_workspace<std::uint32_t>(count(shape.lists), bits_of_lists()));
    }
  }
  std::size_t workspace_bytes() const {
    WorkspaceParts parts(nullptr);
    const Arrays arrays(*this, nullptr, parts);
    return parts.bytes();
  }
  /// Sorts the first `lists` lists of `keys`. The result lies in the workspace, or its keys where
  /// they were.
  SortedKeys<Key> run(Key* keys, std::int64_t lists, void* workspace, void* stream) const {
    WorkspaceParts parts(workspace);
    Arrays a(*this, keys, parts);
    SortedPairs<Key>& pairs = a.pairs;
    const std::int64_t n = count(lists);
    launch(list_sort::positions_kernel<std::uint32_t>, shape_for(n), stream, n, pairs.values[0]);
    sort_pairs(pairs, n, shape_.bits, a.rest, rest_bytes_, stream);
    const int at = pairs.current;
    if (!has_lists()) return {pairs.keys[at], pairs.values[at]};
    const IndexDivisor by_size(shape_.size);
    launch(list_sort::lists_kernel<std::uint32_t>, shape_for(n), stream, n, by_size,
           pairs.values[at], a.lists.keys[0], a.lists.values[0]);
    sort_pairs(a.lists, n, bits_of_lists(), a.rest, rest_bytes_, stream);
    launch(list_sort::gather_kernel<Key, std::uint32_t>, shape_for(n), stream, n, by_size,
           a.lists.values[a.lists.current], pairs.keys[at], pairs.values[at], pairs.keys[1 - at],
           pairs.values[1 - at]);
    return {pairs.keys[1 - at], pairs.values[1 - at]};
  }

 private:
  struct Arrays {
    SortedPairs<Key> pairs;
    SortedPairs<std::uint32_t> lists = {};
    std::byte* rest;
    Arrays(const ListSort& of, Key* keys, WorkspaceParts& parts) {
      const std::int64_t n = of.count(of.shape_.lists);
      const auto take = [&] { return parts.take<std::uint32_t>(n); };
      Key* const other = parts.take<Key>(n);
      pairs = {{keys, other}, {take(), take()}, 0};
      if (of.has_lists()) lists = {{take(), take()}, {take(), take()}, 0};
      rest = parts.take<std::byte>(static_cast<std::int64_t>(of.rest_bytes_));
    }
  };

  std::int64_t count(std::int64_t lists) const { return lists * shape_.size; }
  bool has_lists() const { return shape_.lists > 1; }
  int bits_of_lists() const { return bits_of(shape_.lists - 1); }

  SortShape shape_;
  std::size_t rest_bytes_;
};

}  // namespace weft::cuda
