// upsample and its gradient: the loops of pooling by windows that lie side by side, spreading and
// summing; the references are a strided copy and a sum in double.
#include <vector>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/kernels/pool_geometry.hpp"
#include "backends/cpu/kernels/strided_copy.hpp"
#include "backends/cpu/thread_pool.hpp"
#include "backends/shapes/moves.hpp"

namespace weft::cpu {
namespace {

/// Of pooling `large` by blocks.
PoolGeometry blocks_of(const Shape& large, const Config& attrs) {
  return pool_geometry(large, {{"pool_size", attrs["size"]}});
}

PreparedKernel prepare_copy(const KernelRequest& r, std::string&) {
  return strided_copy_kernel(upsample_copy(r.inputs[0].shape, r.outputs[0].shape),
                             r.outputs[0].dtype);
}

template <class T>
void sum_blocks(const PoolGeometry& g, const T* dy, T* dx) {
  for (long n = 0; n < g.batch * g.d.out * g.h.out * g.w.out; ++n) {
    const long w = n % g.w.out, h = n / g.w.out % g.h.out, d = n / (g.w.out * g.h.out);  // with n
    for (long c = 0; c < g.channels; ++c) {
      double sum = 0;
      for (long place = 0; place < g.window(); ++place) {
        const long k = place % g.w.size, j = place / g.w.size % g.h.size,
                   i = place / (g.w.size * g.h.size);
        const long row = (d * g.d.size + i) * g.h.in + h * g.h.size + j;
        sum += static_cast<double>(load(dy[(row * g.w.in + w * g.w.size + k) * g.channels + c]));
      }
      dx[n * g.channels + c] = store<T>(sum);
    }
  }
}

PreparedKernel prepare_sum(const KernelRequest& r, std::string& why_not) {
  const PoolGeometry g = blocks_of(r.inputs[0].shape, r.attrs);
  return dispatch<Types::floating>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [g](const KernelArgs& a) { sum_blocks(g, a.in<T>(0), a.out<T>(0)); }};
  });
}

PreparedKernel prepare_fast_copy(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  return {.run = [g = blocks_of(r.outputs[0].shape, r.attrs)](const KernelArgs& a) {
    parallel_for(g.batch, images_grain(g), [&](std::int64_t first, std::int64_t last) {
      pool_loops().spread(g, false, a.in<float>(0), a.out<float>(0), first, last);
    });
  }};
}

PreparedKernel prepare_fast_sum(const KernelRequest& r, std::string& why_not) {
  if (!only_float32(r.inputs[0].dtype, why_not)) return {};
  return {.run = [g = blocks_of(r.inputs[0].shape, r.attrs)](const KernelArgs& a) {
    parallel_for(g.rows(), rows_grain(g), [&](std::int64_t first, std::int64_t last) {
      pool_loops().sum(g, false, a.in<float>(0), a.out<float>(0), first, last);
    });
  }};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_upsample(KernelTable& table) {
  table.add("upsample", {.name = "fast", .prepare = cpu::prepare_fast_copy});
  table.add("upsample_grad", {.name = "fast", .prepare = cpu::prepare_fast_sum});
  cpu::add_reference(table, "upsample", cpu::prepare_copy);
  cpu::add_reference(table, "upsample_grad", cpu::prepare_sum);
}

}  // namespace weft::registration
