// arange: start + i * step, computed in double, so that errors do not add up.
#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t count = r.outputs[0].shape.size();
  const auto start = r.attrs.get<double>("start"), step = r.attrs.get<double>("step");
  return dispatch<Types::numbers>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [=](const KernelArgs& a) {
      T* y = a.out<T>(0);
      for (std::int64_t i = 0; i < count; ++i)
        y[i] = store<T>(start + static_cast<double>(i) * step);
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_arange(KernelTable& table) { cpu::add_reference(table, "arange", cpu::prepare); }
}  // namespace weft::registration
