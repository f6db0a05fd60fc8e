// broadcast_to: a strided copy that reads with stride 0 where it repeats.
#include "backends/cpu/kernels/strided_copy.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  const Shape &from = r.inputs[0].shape, &to = r.outputs[0].shape;
  const Strides read(from), write(to);
  const int extra = to.rank() - from.rank();
  StridedCopy copy;
  for (int i = 0; i < to.rank(); ++i) {
    const bool repeats = i < extra || from[i - extra] == 1;
    copy.add(to[i], repeats ? 0 : read[i - extra], write[i]);
  }
  return strided_copy_kernel(copy, r.outputs[0].dtype);
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_broadcast_to(KernelTable& table) { cpu::add_only(table, "broadcast_to", cpu::prepare); }
}  // namespace weft::registration
