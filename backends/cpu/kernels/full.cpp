// full, full_like: one value everywhere.
#include <algorithm>

#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t count = r.outputs[0].shape.size();
  const auto value = r.attrs.get<double>("fill_value");
  return dispatch<Types::any>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    const T x = store<T>(value);
    return PreparedKernel{
        .run = [count, x](const KernelArgs& a) { std::fill_n(a.out<T>(0), count, x); }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_full(KernelTable& table) {
  cpu::add_only(table, "full", cpu::prepare);
  cpu::add_only(table, "full_like", cpu::prepare);
}
}  // namespace weft::registration
