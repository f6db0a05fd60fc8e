// slice: a strided copy out of a part; slice_grad: zeros with the gradient placed into the part.
#include "backends/cuda/slice_part.hpp"

#include "backends/cuda/kernel.hpp"
#include "backends/cuda/strided_copy.hpp"

namespace weft::cuda {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  return prepare_strided_copy(copy_of_slice(r), r.outputs[0].dtype);
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string&) {
  const std::uint64_t zero = 0;
  return prepare_placed_copy(copy_of_slice_grad(r), r.outputs[0].dtype.itemsize(), &zero);
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {

void cuda_slice(KernelTable& table) {
  cuda::add_kernel(table, "slice", cuda::prepare);
  cuda::add_kernel(table, "slice_grad", cuda::prepare_grad);
}

}  // namespace weft::registration
