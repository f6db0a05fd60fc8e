// arange: start + i * step, computed in double, so that errors do not add up.
#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

template <class T>
__global__ void arange_kernel(T* y, std::int64_t n, double start, double step) {
  for_each_index(n,
                 [&](std::int64_t i) { y[i] = store<T>(start + static_cast<double>(i) * step); });
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t n = r.outputs[0].shape.size();
  const auto start = r.attrs.get<double>("start"), step = r.attrs.get<double>("step");
  return dispatch<Types::numbers>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [=](const KernelArgs& a) {
      launch(arange_kernel<T>, shape_for(n), a.stream, a.out<T>(0), n, start, step);
    }};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_arange(KernelTable& table) { cuda::add_kernel(table, "arange", cuda::prepare); }
}  // namespace weft::registration
