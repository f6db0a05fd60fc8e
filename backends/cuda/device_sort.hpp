// Pairs sorted on the device: CUB's radix sort on a GPU (cub/device_sort.cu), the standard
// library's where emulated (emulate/device_sort.cpp). No header of CUB is seen from here.
#pragma once
#include <cstddef>
#include <cstdint>

namespace weft::cuda {

/// The most pairs of one sort.
inline constexpr std::int64_t most_sorted = (std::int64_t{1} << 31) - 1;

/// Keys, std::uint32_t or std::uint64_t, with a value each, and room for as many beside them.
template <class Key>
struct SortedPairs {
  Key* keys[2];
  std::uint32_t* values[2];
  int current;  ///< which of the two holds them
};

/// The workspace of sort_pairs; never less for more pairs. Asks what the current device is: on a
/// GPU one has to be there.
template <class Key>
std::size_t sort_pairs_workspace(std::int64_t n, int bits);

/// Puts a sort on the stream of KernelArgs: of the first `n` pairs, by the lowest `bits` bits of
/// their keys; equal keys keep their order. Afterwards `current` says where they are; the other
/// half is rubbish. Nothing is allocated or waited for, and it may be captured.
template <class Key>
void sort_pairs(SortedPairs<Key>& pairs, std::int64_t n, int bits, void* workspace,
                std::size_t workspace_bytes, void* stream);

}  // namespace weft::cuda
