// cast: every dtype to every other, and to itself, which copies. A thread works on as many elements
// as are 16 bytes of the wider type.
#include "backends/convert.hpp"
#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

template <class From, class To>
inline constexpr int width = 16 / static_cast<int>(sizeof(From) > sizeof(To) ? sizeof(From)
                                                                             : sizeof(To));

template <class From, class To>
__device__ __forceinline__ To cast_one(From x) {
  if constexpr (std::is_same_v<From, To>)
    return x;
  else
    return store<To>(convert<Compute<To>>(load(x)));
}

template <class From, class To>
__global__ void cast_kernel(const From* x, To* y, std::int64_t n, bool vectors,
                            const unsigned* refused) {
  if (is_refused(refused)) return;
  constexpr int N = width<From, To>;
  for_each_index((n + N - 1) / N, [&](std::int64_t i) {
    const std::int64_t first = i * N;
    if (vectors && first + N <= n) {
      const auto v = load_vector<Vector<From, N>>(x + first);
      Vector<To, N> out;
      WEFT_UNROLL
      for (int j = 0; j < N; ++j) out.at[j] = cast_one<From, To>(v.at[j]);
      store_vector(y + first, out);
    } else {
      for (std::int64_t j = first; j < n && j < first + N; ++j) y[j] = cast_one<From, To>(x[j]);
    }
  });
}

template <class From, class To>
PreparedKernel prepare_from_to(std::int64_t n) {
  return {.run =
              [n](const KernelArgs& a) {
                constexpr int N = width<From, To>;
                const From* x = a.in<From>(0);
                To* y = a.out<To>(0);
                const bool vectors = is_aligned<Vector<From, N>>(x) && is_aligned<Vector<To, N>>(y);
                launch(cast_kernel<From, To>, shape_for(n, N), a.stream, x, y, n, vectors,
                       a.refused);
              },
          .honours_refusals = true};
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const DType from = r.inputs[0].dtype, to = r.outputs[0].dtype;
  const std::int64_t n = r.outputs[0].shape.size();
  if (from == to)
    return dispatch_size(to, [&]<class T>(Type<T>) { return prepare_from_to<T, T>(n); });
  return dispatch<Types::any>(from, why_not, [&]<class From>(Type<From>) {
    return dispatch<Types::any>(to, why_not,
                                [&]<class To>(Type<To>) { return prepare_from_to<From, To>(n); });
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_cast(KernelTable& table) { cuda::add_kernel(table, "cast", cuda::prepare); }
}  // namespace weft::registration
