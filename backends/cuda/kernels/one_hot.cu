// one_hot: zeros, and a one at each class number that is in range.
#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

/// Element (o, class, k) of the result.
template <class T>
__global__ void one_hot_kernel(const void* indices, DType::Code type, T* y, std::int64_t n,
                               IndexDivisor classes, IndexDivisor inner, T one, T zero) {
  for_each_index(n, [&](std::int64_t i) {
    std::int64_t k = 0, number = 0;
    const std::int64_t outer = classes.divide(inner.divide(i, k), number);
    y[i] = load_index(indices, type, outer * inner.size() + k) == number ? one : zero;
  });
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const auto axis = r.attrs.get<std::int64_t>("axis");
  const Shape& to = r.outputs[0].shape;
  const AxisView v(to, axis);
  return dispatch<Types::any>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [n = v.outer * v.size * v.inner, classes = IndexDivisor(v.size),
                                  inner = IndexDivisor(v.inner),
                                  type = r.inputs[0].dtype.code()](const KernelArgs& a) {
      launch(one_hot_kernel<T>, shape_for(n), a.stream, a.inputs[0], type, a.out<T>(0), n, classes,
             inner, store<T>(1), store<T>(0));
    }};
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_one_hot(KernelTable& table) { cuda::add_kernel(table, "one_hot", cuda::prepare); }
}  // namespace weft::registration
