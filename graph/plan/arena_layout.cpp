#include "graph/plan/arena_layout.hpp"

#include <algorithm>
#include <map>

namespace weft::plan {
namespace {

std::size_t aligned(std::size_t bytes) {
  return (bytes + arena_alignment - 1) / arena_alignment * arena_alignment;
}

bool overlap_in_time(const Buffer& a, const Buffer& b) {
  return a.first <= b.last && b.first <= a.last;
}

}  // namespace

std::size_t lay_out(std::vector<Buffer>& buffers) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    if (buffers[i].bytes != 0) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return buffers[a].bytes > buffers[b].bytes;
  });
  std::vector<std::size_t> placed;  // by offset
  std::size_t total = 0;
  for (std::size_t i : order) {
    Buffer& b = buffers[i];
    const std::size_t bytes = aligned(b.bytes);
    std::size_t offset = 0;
    for (std::size_t j : placed) {
      const Buffer& other = buffers[j];
      if (!overlap_in_time(b, other)) continue;
      if (offset + bytes <= other.offset) break;
      offset = std::max(offset, other.offset + aligned(other.bytes));
    }
    b.offset = offset;
    total = std::max(total, offset + bytes);
    placed.insert(std::upper_bound(placed.begin(), placed.end(), i,
                                   [&](std::size_t x, std::size_t y) {
                                     return buffers[x].offset < buffers[y].offset;
                                   }),
                  i);
  }
  return total;
}

std::size_t live_bytes_bound(const std::vector<Buffer>& buffers) {
  std::map<int, std::ptrdiff_t> change;
  for (const Buffer& b : buffers) {
    change[b.first] += static_cast<std::ptrdiff_t>(aligned(b.bytes));
    change[b.last + 1] -= static_cast<std::ptrdiff_t>(aligned(b.bytes));
  }
  std::ptrdiff_t live = 0, most = 0;
  for (const auto& [time, delta] : change) most = std::max(most, live += delta);
  return static_cast<std::size_t>(most);
}

}  // namespace weft::plan
