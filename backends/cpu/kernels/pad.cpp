// pad: the constant everywhere, then a strided copy into the middle.
#include <vector>

#include "backends/cpu/kernels/strided_copy.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const Shape &from = r.inputs[0].shape, &to = r.outputs[0].shape;
  const auto widths = r.attrs.get<std::vector<std::vector<std::int64_t>>>("pad_width");
  const Strides read(from), write(to);
  StridedCopy copy;
  for (int i = 0; i < from.rank(); ++i) {
    copy.to_start += widths[static_cast<std::size_t>(i)][0] * write[i];
    copy.add(from[i], read[i], write[i]);
  }
  const auto value = r.attrs.get<double>("constant_values", 0);
  const std::int64_t count = to.size();
  return dispatch<Types::any>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [c = copy.simplified(), count, x = store<T>(value)](const KernelArgs& a) {
          std::fill_n(a.out<T>(0), count, x);
          c.run(a.in<T>(0), a.out<T>(0));
        }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_pad(KernelTable& table) { cpu::add_only(table, "pad", cpu::prepare); }
}  // namespace weft::registration
