// sum, mean, max, min, argmax and argmin of float32 where the reduced axes lie side by side: a
// shape [outer, reduced, inner]. Long reductions are cut into chunks, whose results are combined in
// order; the chunks follow from the shape, not from the number of threads, so the bits are always
// the same.
#include <algorithm>
#include <optional>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/reduce.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "backends/shapes/reduce_groups.hpp"

namespace weft::cpu {
namespace {

constexpr std::int64_t grain = 16384;       // elements that are worth a thread
constexpr std::int64_t chunk_least = 8192;  // elements
constexpr std::int64_t most_chunks = 64;

struct View {
  std::int64_t outer = 1, reduced = 1, inner = 1;
};

/// None when the reduced axes do not lie side by side.
std::optional<View> view_of(const Shape& shape, const Config& attrs) {
  const std::vector<bool> is_reduced = reduced_axes(shape, attrs);
  View v;
  int state = 0;  // before, in, after the reduced axes
  for (int i = 0; i < shape.rank(); ++i) {
    if (shape[i] == 1) continue;
    if (is_reduced[static_cast<std::size_t>(i)]) {
      if (state == 2) return std::nullopt;
      state = 1;
      v.reduced *= shape[i];
    } else {
      state = state == 1 ? 2 : state;
      (state == 0 ? v.outer : v.inner) *= shape[i];
    }
  }
  return v;
}

/// Tasks: outer x chunks x strips; each makes `strip` numbers.
struct Reduction {
  View v;
  std::int64_t chunks = 1, chunk_rows = 1, strips = 1;
  double divisor = 1;
  const ReduceLoops* loops = nullptr;

  void cut() {
    strips = (v.inner + reduce_strip - 1) / reduce_strip;
    const std::int64_t rows_least = std::max<std::int64_t>(256, chunk_least / v.inner);
    if (v.outer * strips < 16)
      chunks = std::clamp<std::int64_t>(v.reduced / rows_least, 1, most_chunks);
    chunk_rows = (v.reduced + chunks - 1) / chunks;
  }

  std::size_t workspace_bytes() const {
    return chunks == 1 ? 0 : static_cast<std::size_t>(v.outer * chunks * v.inner) * sizeof(double);
  }

  void task(const float* x, std::int64_t outer, std::int64_t chunk, std::int64_t strip,
            double* result) const {
    const std::int64_t row = std::min(v.reduced, chunk * chunk_rows),
                       rows = std::min(chunk_rows, v.reduced - row), first = strip * reduce_strip;
    const float* from = x + (outer * v.reduced + row) * v.inner + first;
    if (v.inner == 1)
      *result = loops->line(from, rows);
    else
      loops->strip(from, rows, v.inner, std::min(reduce_strip, v.inner - first), result);
  }

  void store_strip(const double* result, std::int64_t outer, std::int64_t strip, float* y) const {
    const std::int64_t first = strip * reduce_strip,
                       width = std::min(reduce_strip, v.inner - first);
    float* to = y + outer * v.inner + first;
    for (std::int64_t k = 0; k < width; ++k) to[k] = static_cast<float>(result[k] / divisor);
  }

  void run(const float* x, float* y, double* parts) const {
    if (v.inner == 1 && chunks == 1) return run_lines(x, y);
    const std::int64_t tasks = v.outer * chunks * strips;
    const std::int64_t per_task =
        std::max<std::int64_t>(1, chunk_rows * std::min(v.inner, reduce_strip));
    parallel_for(tasks, std::max<std::int64_t>(1, grain / per_task),
                 [&](std::int64_t begin, std::int64_t end) {
                   double one[reduce_strip];
                   for (std::int64_t t = begin; t < end; ++t) {
                     const std::int64_t strip = t % strips, chunk = t / strips % chunks,
                                        outer = t / strips / chunks;
                     if (chunks == 1) {
                       task(x, outer, 0, strip, one);
                       store_strip(one, outer, strip, y);
                     } else {
                       task(x, outer, chunk, strip,
                            parts + (outer * chunks + chunk) * v.inner + strip * reduce_strip);
                     }
                   }
                 });
    if (chunks > 1) combine(parts, y);
  }

  void run_lines(const float* x, float* y) const {
    parallel_for(v.outer, std::max<std::int64_t>(1, grain / v.reduced),
                 [&](std::int64_t begin, std::int64_t end) {
                   loops->lines(x + begin * v.reduced, end - begin, v.reduced, divisor, y + begin);
                 });
  }

  void combine(double* parts, float* y) const {
    for (std::int64_t outer = 0; outer < v.outer; ++outer) {
      double* sum = parts + outer * chunks * v.inner;
      for (std::int64_t chunk = 1; chunk < chunks; ++chunk) {
        for (std::int64_t k = 0; k < v.inner; ++k)
          sum[k] = loops->combine(sum[k], sum[chunk * v.inner + k]);
      }
      for (std::int64_t strip = 0; strip < strips; ++strip)
        store_strip(sum + strip * reduce_strip, outer, strip, y);
    }
  }
};

PreparedKernel prepare(const KernelRequest& r, std::string& why_not, const ReduceLoops& loops,
                       bool mean) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  const auto view = view_of(r.inputs[0].shape, r.attrs);
  if (!view || view->outer * view->reduced * view->inner == 0) {
    why_not = "the reduced axes do not lie side by side, or there is nothing to reduce";
    return {};
  }
  Reduction reduction{.v = *view, .loops = &loops};
  if (mean) reduction.divisor = static_cast<double>(view->reduced);
  reduction.cut();
  return {.run =
              [reduction](const KernelArgs& a) {
                reduction.run(a.in<float>(0), a.out<float>(0), static_cast<double*>(a.workspace));
              },
          .workspace_bytes = reduction.workspace_bytes()};
}

PreparedKernel prepare_sum(const KernelRequest& r, std::string& why_not) {
  return prepare(r, why_not, reduce_family().sum, false);
}
PreparedKernel prepare_mean(const KernelRequest& r, std::string& why_not) {
  return prepare(r, why_not, reduce_family().sum, true);
}
PreparedKernel prepare_max(const KernelRequest& r, std::string& why_not) {
  return prepare(r, why_not, reduce_family().max, false);
}
PreparedKernel prepare_min(const KernelRequest& r, std::string& why_not) {
  return prepare(r, why_not, reduce_family().min, false);
}

template <bool largest>
PreparedKernel prepare_arg(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  const auto view = view_of(r.inputs[0].shape, r.attrs);
  if (!view || view->inner != 1 || view->reduced == 0) {
    why_not = "only along the last axis";
    return {};
  }
  return {.run = [v = *view, loop = largest ? reduce_family().argmax
                                            : reduce_family().argmin](const KernelArgs& a) {
    const float* x = a.in<float>(0);
    auto* y = a.out<std::int32_t>(0);
    parallel_for(v.outer, std::max<std::int64_t>(1, grain / 4 / v.reduced),
                 [&](std::int64_t begin, std::int64_t end) {
                   loop(x + begin * v.reduced, end - begin, v.reduced, y + begin);
                 });
  }};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_reduce_float32(KernelTable& table) {
  table.add("sum", {"float32", false, cpu::prepare_sum});
  table.add("mean", {"float32", false, cpu::prepare_mean});
  table.add("max", {"float32", false, cpu::prepare_max});
  table.add("min", {"float32", false, cpu::prepare_min});
  table.add("argmax", {"float32", false, cpu::prepare_arg<true>});
  table.add("argmin", {"float32", false, cpu::prepare_arg<false>});
}

}  // namespace weft::registration
