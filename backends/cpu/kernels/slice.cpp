// slice and slice_grad: strided copies out of and into a part.
#include "core/ops/slice_range.hpp"

#include <cstring>

#include "backends/cpu/kernels/strided_copy.hpp"

namespace weft::cpu {
namespace {

/// The part of `whole` as the reading side, the dense part as the writing side.
StridedCopy part_of(const Shape& whole, const Config& attrs) {
  const std::vector<ops::AxisRange> ranges = ops::slice_ranges(whole, attrs);
  const Strides strides(whole);
  Shape part;
  for (const ops::AxisRange& r : ranges) part.push_back(r.count);
  const Strides dense(part);
  StridedCopy copy;
  for (int i = 0; i < whole.rank(); ++i) {
    const ops::AxisRange& r = ranges[static_cast<std::size_t>(i)];
    copy.from_start += r.start * strides[i];
    // A step that is not taken may be of any size.
    copy.add(r.count, r.count > 1 ? r.step * strides[i] : 0, dense[i]);
  }
  return copy;
}

PreparedKernel prepare(const KernelRequest& r, std::string&) {
  return strided_copy_kernel(part_of(r.inputs[0].shape, r.attrs), r.outputs[0].dtype);
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string&) {
  StridedCopy copy = part_of(r.outputs[0].shape, r.attrs);
  std::swap(copy.from_start, copy.to_start);
  for (int i = 0; i < copy.rank; ++i) std::swap(copy.axes[i].from, copy.axes[i].to);
  const auto bytes =
      static_cast<std::size_t>(r.outputs[0].shape.size()) * r.outputs[0].dtype.itemsize();
  return dispatch_size(r.outputs[0].dtype, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [c = copy.simplified(), bytes](const KernelArgs& a) {
      if (bytes > 0) std::memset(a.outputs[0], 0, bytes);
      c.run(a.in<T>(0), a.out<T>(0));
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
