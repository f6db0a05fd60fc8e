#include "backends/cuda/slice_part.hpp"

#include "backends/shapes/slice_part.hpp"

namespace weft::cuda {

kernels::StridedCopy copy_of_slice(const KernelRequest& r) {
  return kernels::slice_copy(r.inputs[0].shape, r.attrs);
}

PlacedCopy copy_of_slice_grad(const KernelRequest& r) {
  const Shape& whole = r.outputs[0].shape;
  const std::vector<ops::AxisRange> ranges = ops::slice_ranges(whole, r.attrs);
  PlacedCopy copy;
  for (int i = 0; i < whole.rank(); ++i) {
    const ops::AxisRange& range = ranges[static_cast<std::size_t>(i)];
    // A step that is not taken may be of any size.
    copy.add({range.count, whole[i], range.start, range.count > 1 ? range.step : 1});
  }
  return copy;
}

}  // namespace weft::cuda
