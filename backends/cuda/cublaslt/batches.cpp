#include "backends/cuda/cublaslt/batches.hpp"

namespace weft::cuda::cublaslt {
namespace {

/// Adds a batch to the group before it, if it is in line with that one's.
bool joins(BatchGroup& g, std::int64_t a, std::int64_t b) {
  if (g.count == most_batches || a < g.a || b < g.b) return false;
  if (g.count == 1) {
    g.step_a = a - g.a;
    g.step_b = b - g.b;
  }
  if (a != g.a + g.count * g.step_a || b != g.b + g.count * g.step_b) return false;
  ++g.count;
  return true;
}

}  // namespace

std::vector<BatchGroup> group_batches(const kernels::GemmShape& shape) {
  std::vector<BatchGroup> groups;
  shape.batches([&](std::int64_t a, std::int64_t b, std::int64_t d) {
    if (groups.empty() || !joins(groups.back(), a, b)) groups.push_back({a, b, d});
  });
  return groups;
}

}  // namespace weft::cuda::cublaslt
