// transpose: a strided copy.
#include "backends/cpu/kernels/strided_copy.hpp"
#include "backends/shapes/moves.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  return strided_copy_kernel(transpose_copy(r), r.outputs[0].dtype);
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_transpose(KernelTable& table) { cpu::add_only(table, "transpose", cpu::prepare); }
}  // namespace weft::registration
