// eye: zeros, and ones on a diagonal.
#include <algorithm>

#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t rows = r.outputs[0].shape[0], columns = r.outputs[0].shape[1];
  const auto k = r.attrs.get<std::int64_t>("k", 0);
  return dispatch<Types::any>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [=](const KernelArgs& a) {
      T* y = a.out<T>(0);
      std::fill_n(y, rows * columns, store<T>(0));
      for (std::int64_t i = std::max<std::int64_t>(0, -k); i < rows && i + k < columns; ++i)
        y[i * columns + i + k] = store<T>(1);
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_eye(KernelTable& table) { cpu::add_reference(table, "eye", cpu::prepare); }
}  // namespace weft::registration
