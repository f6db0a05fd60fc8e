// broadcast_to: a strided copy that reads with stride 0 where it repeats.
#include "backends/cpu/kernels/strided_copy.hpp"
#include "backends/shapes/moves.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  return strided_copy_kernel(broadcast_copy(r.inputs[0].shape, r.outputs[0].shape),
                             r.outputs[0].dtype);
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_broadcast_to(KernelTable& table) { cpu::add_only(table, "broadcast_to", cpu::prepare); }
}  // namespace weft::registration
