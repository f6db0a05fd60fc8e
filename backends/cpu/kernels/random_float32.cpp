// random_uniform and dropout of float32, many of Philox's blocks at once. An element's bits follow
// from its place alone, so that threads change nothing.
#include <algorithm>
#include <cmath>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/philox.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

constexpr std::int64_t blocks_per_thread = 2048;  // of four elements each

/// Calls f(first, n) for parts of `count` elements that begin at whole blocks.
template <class F>
void in_parts(std::int64_t count, F&& f) {
  parallel_for((count + 3) / 4, blocks_per_thread, [&](std::int64_t begin, std::int64_t end) {
    f(4 * begin, std::min(4 * end, count) - 4 * begin);
  });
}

PreparedKernel prepare_uniform(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.outputs[0].dtype, why_not)) return {};
  const auto minval = r.attrs.get<double>("minval"), maxval = r.attrs.get<double>("maxval");
  const auto low = static_cast<float>(minval), range = static_cast<float>(maxval - minval),
             high = static_cast<float>(maxval);
  // Rounding may reach `high`, which is not in the interval.
  const float last = std::nextafter(high, low);
  return {.run = [=, count = static_cast<std::int64_t>(r.outputs[0].shape.size()),
                  loop = philox_loops().uniform](const KernelArgs& k) {
    in_parts(count, [&](std::int64_t first, std::int64_t n) {
      loop(k.in<unsigned>(0), first, n, low, range, high, last, k.out<float>(0) + first);
    });
  }};
}

PreparedKernel prepare_dropout(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.outputs[0].dtype, why_not)) return {};
  const auto rate = r.attrs.get<double>("rate");
  return {.run = [count = static_cast<std::int64_t>(r.outputs[0].shape.size()),
                  threshold = static_cast<float>(rate), scale = static_cast<float>(1 / (1 - rate)),
                  loop = philox_loops().dropout](const KernelArgs& k) {
    in_parts(count, [&](std::int64_t first, std::int64_t n) {
      loop(k.in<unsigned>(1), first, n, threshold, scale, k.in<float>(0) + first,
           k.out<float>(0) + first);
    });
  }};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_random_float32(KernelTable& table) {
  table.add("random_uniform", {"float32", false, cpu::prepare_uniform});
  table.add("dropout", {"float32", false, cpu::prepare_dropout});
}
}  // namespace weft::registration
