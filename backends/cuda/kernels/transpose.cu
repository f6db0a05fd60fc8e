// transpose: a strided copy.
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/strided_copy.hpp"
#include "backends/shapes/moves.hpp"

namespace weft::cuda {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  return prepare_strided_copy(transpose_copy(r), r.outputs[0].dtype);
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_transpose(KernelTable& table) { cuda::add_kernel(table, "transpose", cuda::prepare); }
}  // namespace weft::registration
