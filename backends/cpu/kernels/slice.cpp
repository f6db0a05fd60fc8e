// slice and slice_grad: strided copies out of and into a part.
#include <cstring>
#include <utility>

#include "backends/cpu/kernels/strided_copy.hpp"
#include "backends/shapes/slice_part.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  return strided_copy_kernel(slice_copy(r.inputs[0].shape, r.attrs), r.outputs[0].dtype);
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string&) {
  StridedCopy copy = slice_copy(r.outputs[0].shape, r.attrs);
  std::swap(copy.from_start, copy.to_start);
  for (int i = 0; i < copy.rank; ++i) std::swap(copy.axes[i].from, copy.axes[i].to);
  const auto bytes =
      static_cast<std::size_t>(r.outputs[0].shape.size()) * r.outputs[0].dtype.itemsize();
  return dispatch_size(r.outputs[0].dtype, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [c = copy.simplified(), bytes](const KernelArgs& a) {
      if (bytes > 0) std::memset(a.outputs[0], 0, bytes);
      run_copy(c, a.in<T>(0), a.out<T>(0));
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_slice(KernelTable& table) {
  cpu::add_only(table, "slice", cpu::prepare);
  cpu::add_only(table, "slice_grad", cpu::prepare_grad);
}
}  // namespace weft::registration
