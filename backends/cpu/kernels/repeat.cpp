// repeat and tile_axis: strided copies; the repetition is an axis of its own, read with stride 0.
#include "backends/cpu/kernels/strided_copy.hpp"

namespace weft::cpu {
namespace {

StridedCopy copy_of(const KernelRequest& r, bool tiled) {
  const auto axis = r.attrs.get<std::int64_t>("axis"),
             repeats = r.attrs.get<std::int64_t>("repeats");
  const Shape& from = r.inputs[0].shape;
  const AxisView v(from, static_cast<int>(axis < 0 ? axis + from.rank() : axis));
  StridedCopy copy;
  copy.add(v.outer, v.size * v.inner, v.size * repeats * v.inner);
  if (tiled) {
    copy.add(repeats, 0, v.size * v.inner);
    copy.add(v.size * v.inner, 1, 1);
  } else {
    copy.add(v.size, v.inner, repeats * v.inner);
    copy.add(repeats, 0, v.inner);
    copy.add(v.inner, 1, 1);
  }
  return copy;
}

PreparedKernel prepare_repeat(const KernelRequest& r, std::string&) {
  return strided_copy_kernel(copy_of(r, false), r.outputs[0].dtype);
}
PreparedKernel prepare_tile(const KernelRequest& r, std::string&) {
  return strided_copy_kernel(copy_of(r, true), r.outputs[0].dtype);
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_repeat(KernelTable& table) {
  cpu::add_only(table, "repeat", cpu::prepare_repeat);
  cpu::add_only(table, "tile_axis", cpu::prepare_tile);
}

}  // namespace weft::registration
