// pad: the constant everywhere, then a strided copy into the middle.
#include "backends/cpu/kernels/strided_copy.hpp"
#include "backends/shapes/moves.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const auto value = r.attrs.get<double>("constant_values", 0);
  const std::int64_t count = r.outputs[0].shape.size();
  return dispatch<Types::any>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{
        .run = [c = pad_copy(r).simplified(), count, x = store<T>(value)](const KernelArgs& a) {
          std::fill_n(a.out<T>(0), count, x);
          run_copy(c, a.in<T>(0), a.out<T>(0));
        }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_pad(KernelTable& table) { cpu::add_only(table, "pad", cpu::prepare); }
}  // namespace weft::registration
