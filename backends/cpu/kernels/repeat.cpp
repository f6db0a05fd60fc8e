// repeat and tile_axis: strided copies; the repetition is an axis of its own, read with stride 0.
#include "backends/cpu/kernels/strided_copy.hpp"
#include "backends/shapes/moves.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare_repeat(const KernelRequest& r, std::string&) {
  return strided_copy_kernel(repeat_copy(r, false), r.outputs[0].dtype);
}
PreparedKernel prepare_tile(const KernelRequest& r, std::string&) {
  return strided_copy_kernel(repeat_copy(r, true), r.outputs[0].dtype);
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_repeat(KernelTable& table) {
  cpu::add_only(table, "repeat", cpu::prepare_repeat);
  cpu::add_only(table, "tile_axis", cpu::prepare_tile);
}

}  // namespace weft::registration
