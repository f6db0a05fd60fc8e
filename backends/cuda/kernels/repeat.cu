// repeat and tile_axis: strided copies; the repetition is an axis of its own, read with stride 0.
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/strided_copy.hpp"
#include "backends/shapes/moves.hpp"

namespace weft::cuda {
namespace {

template <bool tiled>
PreparedKernel prepare(const KernelRequest& r, std::string&) {
  return prepare_strided_copy(repeat_copy(r, tiled), r.outputs[0].dtype);
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_repeat(KernelTable& table) {
  cuda::add_kernel(table, "repeat", cuda::prepare<false>);
  cuda::add_kernel(table, "tile_axis", cuda::prepare<true>);
}

}  // namespace weft::registration
