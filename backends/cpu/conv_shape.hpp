// How the kernels of conv, conv_input_grad and conv_kernel_grad walk through a convolution, and how
// a batch is split.
#pragma once
#include <algorithm>
#include <cstdint>

#include "backends/cpu/thread_pool.hpp"
#include "backends/shapes/conv_shape.hpp"

namespace weft::cpu {
using namespace kernels;

/// A batch in parts that threads may take: sum_parts of the work, at most one for each image.
struct BatchSplit {
  std::int64_t batch;
  int parts;

  /// `work`: multiplications in all.
  BatchSplit(std::int64_t n, std::int64_t work) : batch(n) {
    constexpr std::int64_t least_work = 1 << 20;  // some 20 us
    constexpr int deterministic_parts = 8;
    parts = static_cast<int>(std::min<std::int64_t>(
        sum_parts(work, least_work, deterministic_parts), std::max<std::int64_t>(n, 1)));
  }
  std::int64_t begin(int part) const { return batch * part / parts; }
  std::int64_t size(int part) const { return begin(part + 1) - begin(part); }
  /// Calls f(part) for all parts, on several threads.
  template <class F>
  void each_part(F&& f) const {
    parallel_for(parts, 1, [&](std::int64_t first, std::int64_t end) {
      for (std::int64_t i = first; i < end; ++i) f(static_cast<int>(i));
    });
  }
};

/// Calls f(pixel of x, number of the tap) for every element of the window at position o that lies
/// inside the image.
template <class F>
void each_tap(const ConvShape& s, const std::int64_t o[3], F&& f) {
  std::int64_t first[3], k[3];
  for (int d = 0; d < 3; ++d) first[d] = o[d] * s.stride[d] - s.before[d];
  for (k[0] = 0; k[0] < s.window[0]; ++k[0]) {
    const std::int64_t i0 = first[0] + k[0] * s.dilation[0];
    if (i0 < 0 || i0 >= s.in[0]) continue;
    for (k[1] = 0; k[1] < s.window[1]; ++k[1]) {
      const std::int64_t i1 = first[1] + k[1] * s.dilation[1];
      if (i1 < 0 || i1 >= s.in[1]) continue;
      for (k[2] = 0; k[2] < s.window[2]; ++k[2]) {
        const std::int64_t i2 = first[2] + k[2] * s.dilation[2];
        if (i2 < 0 || i2 >= s.in[2]) continue;
        f((i0 * s.in[1] + i1) * s.in[2] + i2, (k[0] * s.window[1] + k[1]) * s.window[2] + k[2]);
      }
    }
  }
}

/// Calls f(o, its number) for every position of an image.
template <class F>
void each_position(const ConvShape& s, F&& f) {
  std::int64_t o[3], number = 0;
  for (o[0] = 0; o[0] < s.out[0]; ++o[0]) {
    for (o[1] = 0; o[1] < s.out[1]; ++o[1]) {
      for (o[2] = 0; o[2] < s.out[2]; ++o[2]) f(o, number++);
    }
  }
}

}  // namespace weft::cpu
