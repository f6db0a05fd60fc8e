#include "backends/cuda/commit.hpp"

#include "backends/cuda/kernel.hpp"

namespace weft::cuda {
namespace {

template <class T>
__global__ void copy_kernel(T* to, const T* from, std::int64_t n, const unsigned* refused) {
  if (is_refused(refused)) return;
  for_each_index(n, [&](std::int64_t i) { to[i] = from[i]; });
}

}  // namespace

void copy_unless_refused(void* to, const void* from, std::size_t bytes, void* stream) {
  using Wide = Vector<unsigned, 4>;
  const unsigned* refused = stream_of(stream).refusals.flag;
  if (bytes % sizeof(Wide) == 0 && is_aligned<Wide>(to) && is_aligned<Wide>(from)) {
    const auto n = static_cast<std::int64_t>(bytes / sizeof(Wide));
    launch(copy_kernel<Wide>, shape_for(n), stream, static_cast<Wide*>(to),
           static_cast<const Wide*>(from), n, refused);
    return;
  }
  const auto n = static_cast<std::int64_t>(bytes);
  launch(copy_kernel<unsigned char>, shape_for(n), stream, static_cast<unsigned char*>(to),
         static_cast<const unsigned char*>(from), n, refused);
}

}  // namespace weft::cuda
