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

using Order = std::vector<std::size_t>;

// Each buffer in turn at the lowest offset where it overlaps none before it in time and space.
std::size_t place(std::vector<Buffer>& buffers, const Order& order) {
  Order placed;  // by offset
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

Order sorted_by(const Order& all, const std::vector<Buffer>& buffers,
                std::size_t (*weight)(const Buffer&)) {
  Order order = all;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return weight(buffers[a]) > weight(buffers[b]);
  });
  return order;
}

// The buffer that ends highest takes its place earlier.
void promote_highest(const std::vector<Buffer>& buffers, Order& order) {
  std::size_t worst = 0, top = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const Buffer& b = buffers[order[k]];
    if (b.offset + aligned(b.bytes) > top) {
      top = b.offset + aligned(b.bytes);
      worst = k;
    }
  }
  const auto from = order.begin() + static_cast<std::ptrdiff_t>(worst);
  std::rotate(order.begin() + static_cast<std::ptrdiff_t>(worst / 2), from, from + 1);
}

}  // namespace

std::size_t lay_out(std::vector<Buffer>& buffers) {
  Order all;
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    if (buffers[i].bytes != 0) all.push_back(i);
  }
  const std::size_t bound = live_bytes_bound(buffers);
  std::vector<Buffer> best = buffers;
  std::size_t least = place(best, sorted_by(all, best, [](const Buffer& b) { return b.bytes; }));
  const auto weights = {
      +[](const Buffer& b) { return b.bytes; },
      +[](const Buffer& b) { return b.bytes * static_cast<std::size_t>(b.last - b.first + 1); },
      +[](const Buffer& b) { return static_cast<std::size_t>(b.last - b.first); }};
  constexpr int rounds = 24;
  for (const auto weight : weights) {
    Order order = sorted_by(all, buffers, weight);
    for (int i = 0; i < rounds && least > bound; ++i) {
      const std::size_t total = place(buffers, order);
      if (total < least) {
        least = total;
        best = buffers;
      }
      promote_highest(buffers, order);
    }
  }
  buffers = std::move(best);
  return least;
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
