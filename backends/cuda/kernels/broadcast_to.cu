// broadcast_to: a strided copy that reads with stride 0 where it repeats.
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/strided_copy.hpp"
#include "backends/shapes/moves.hpp"

namespace weft::cuda {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  return prepare_strided_copy(broadcast_copy(r.inputs[0].shape, r.outputs[0].shape),
                              r.outputs[0].dtype);
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_broadcast_to(KernelTable& table) {
  cuda::add_kernel(table, "broadcast_to", cuda::prepare);
}
}  // namespace weft::registration
