// pad: the input in the middle of the constant.
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/placed_copy.hpp"

namespace weft::cuda {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const Shape &from = r.inputs[0].shape, &to = r.outputs[0].shape;
  const auto widths = r.attrs.get<std::vector<std::vector<std::int64_t>>>("pad_width");
  PlacedCopy copy;
  for (int i = 0; i < from.rank(); ++i)
    copy.add({from[i], to[i], widths[static_cast<std::size_t>(i)][0], 1});
  const auto value = r.attrs.get<double>("constant_values", 0);
  return dispatch<Types::any>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    const T fill = store<T>(value);
    return prepare_placed_copy(copy, sizeof fill, &fill);
  });
}

}  // namespace
}  // namespace weft::cuda

namespace weft::registration {
void cuda_pad(KernelTable& table) { cuda::add_kernel(table, "pad", cuda::prepare); }
}  // namespace weft::registration
