// full, full_like: one value everywhere.
#include <cstring>

#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

template <class T>
__global__ void fill_kernel(T* y, std::int64_t n, T x, bool vectors, const unsigned* refused) {
  if (is_refused(refused)) return;
  using V = Vector<T>;
  V all;
  WEFT_UNROLL
  for (int j = 0; j < V::size; ++j) all.at[j] = x;
  for_each_index((n + V::size - 1) / V::size, [&](std::int64_t i) {
    const std::int64_t first = i * V::size;
    if (vectors && first + V::size <= n) {
      store_vector(y + first, all);
    } else {
      for (std::int64_t j = first; j < n && j < first + V::size; ++j) y[j] = x;
    }
  });
}

/// Elements are moved as integers of their size.
template <class T>
PreparedKernel prepare_bits(std::int64_t n, T x) {
  return {.run =
              [n, x](const KernelArgs& a) {
                T* y = a.out<T>(0);
                launch(fill_kernel<T>, shape_for(n, Vector<T>::size), a.stream, y, n, x,
                       is_aligned<Vector<T>>(y), a.refused);
              },
          .honours_refusals = true};
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t n = r.outputs[0].shape.size();
  const auto value = r.attrs.get<double>("fill_value");
  const DType dtype = r.outputs[0].dtype;
  return dispatch<Types::any>(dtype, why_not, [&]<class T>(Type<T>) {
    const T x = store<T>(value);
    return dispatch_size(dtype, [&]<class Bits>(Type<Bits>) {
      Bits bits = 0;
      std::memcpy(&bits, &x, sizeof x < sizeof bits ? sizeof x : sizeof bits);
      return prepare_bits(n, bits);
    });
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_full(KernelTable& table) {
  cuda::add_kernel(table, "full", cuda::prepare);
  cuda::add_kernel(table, "full_like", cuda::prepare);
}
}  // namespace weft::registration
