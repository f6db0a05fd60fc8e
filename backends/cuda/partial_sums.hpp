// The second stage of a sum over many elements that is the same in every run: blocks have summed
// parts of it, each into a place of its own.
#pragma once
#include "backends/cuda/kernel.hpp"

namespace weft::cuda {

/// out[i] = the sum of partial[part * size + i] over all parts: eight threads to an element, each
/// its parts in their order.
template <class C, class R>
__global__ void partial_sums_kernel(std::int64_t size, std::int64_t parts, const C* partial,
                                    R* out) {
  constexpr int threads = 8;
  WEFT_SHARED(C, sums, threads * warp_size);
  const int column = static_cast<int>(threadIdx.x) % warp_size;
  const int own = static_cast<int>(threadIdx.x) / warp_size;
  for_each_row((size + warp_size - 1) / warp_size, [&](std::int64_t group) {
    const std::int64_t i = group * warp_size + column;
    C sum = 0;
    if (i < size) {
      for (std::int64_t part = own; part < parts; part += threads) sum += partial[part * size + i];
    }
    __syncthreads();  // the group before has been read
    sums[threadIdx.x] = sum;
    __syncthreads();
    if (own == 0 && i < size) {
      for (int other = 1; other < threads; ++other) sum += sums[other * warp_size + column];
      out[i] = store<R>(sum);
    }
  });
}

template <class C, class R>
void launch_partial_sums(std::int64_t size, std::int64_t parts, const C* partial, R* out,
                         void* stream) {
  launch(partial_sums_kernel<C, R>, shape_for(size * 8), stream, size, parts, partial, out);
}

/// How many parts a sum of `terms` is cut into where one part gets `blocks` blocks and its sums
/// take `bytes`: enough to fill a GPU twice, none of less than `least` terms, 64 MiB in all.
inline std::int64_t parts_of_sum(std::int64_t terms, std::int64_t blocks, std::int64_t least,
                                 std::size_t bytes) {
  constexpr std::int64_t wanted = 2 * multiprocessors, most_bytes = 64 << 20;
  const auto at_most = [](std::int64_t& value, std::int64_t limit) {
    if (value > limit) value = limit;
  };
  std::int64_t parts = (wanted + blocks) / (blocks > 0 ? blocks : 1);
  at_most(parts, terms / least);
  if (bytes > 0) at_most(parts, most_bytes / static_cast<std::int64_t>(bytes));
  return parts < 1 ? 1 : parts;
}

}  // namespace weft::cuda
