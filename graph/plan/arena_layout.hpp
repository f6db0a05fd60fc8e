// Offsets of buffers in one arena by their lifetimes.
#pragma once
#include <cstddef>
#include <vector>

namespace weft::plan {

/// A buffer lives from node `first` to node `last`, both included.
struct Buffer {
  std::size_t bytes = 0;
  int first = 0, last = 0;
  std::size_t offset = 0;  // the result
};

inline constexpr std::size_t arena_alignment = 256;

/// Greedy: large buffers first, each at the lowest offset where it overlaps no placed buffer in
/// time and space; as long as the result is above the bound below, other orders are tried, a fixed
/// number of them. Fills in the offsets and returns the arena's size in bytes.
std::size_t lay_out(std::vector<Buffer>& buffers);

/// The largest sum of (aligned) bytes that live at once: no layout can be smaller.
std::size_t live_bytes_bound(const std::vector<Buffer>& buffers);

}  // namespace weft::plan
