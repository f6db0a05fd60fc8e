// eye: zeros, and ones on a diagonal.
#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

template <class T>
__global__ void eye_kernel(T* y, std::int64_t n, IndexDivisor columns, std::int64_t k, T one,
                           T zero) {
  for_each_index(n, [&](std::int64_t i) {
    std::int64_t column = 0;
    const std::int64_t row = columns.divide(i, column);
    y[i] = column == row + k ? one : zero;
  });
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const Shape& shape = r.outputs[0].shape;
  const std::int64_t n = shape.size();
  const auto k = r.attrs.get<std::int64_t>("k", 0);
  return dispatch<Types::any>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [n, k, columns = IndexDivisor(shape[1])](const KernelArgs& a) {
      launch(eye_kernel<T>, shape_for(n), a.stream, a.out<T>(0), n, columns, k, store<T>(1),
             store<T>(0));
    }};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_eye(KernelTable& table) { cuda::add_kernel(table, "eye", cuda::prepare); }
}  // namespace weft::registration
