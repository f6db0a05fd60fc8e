// transpose: a strided copy.
#include <vector>

#include "backends/cpu/kernels/strided_copy.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  const Shape &from = r.inputs[0].shape, &to = r.outputs[0].shape;
  const Strides read(from), write(to);
  const bool given = r.attrs.contains("axes") && !r.attrs["axes"].is_null();
  const auto axes =
      given ? r.attrs.get<std::vector<std::int64_t>>("axes") : std::vector<std::int64_t>();
  StridedCopy copy;
  for (int i = 0; i < to.rank(); ++i) {
    const std::int64_t axis = given ? axes[static_cast<std::size_t>(i)] : to.rank() - 1 - i;
    copy.add(to[i], read[axis < 0 ? axis + to.rank() : axis], write[i]);
  }
  return strided_copy_kernel(copy, r.outputs[0].dtype);
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_transpose(KernelTable& table) { cpu::add_only(table, "transpose", cpu::prepare); }
}  // namespace weft::registration
