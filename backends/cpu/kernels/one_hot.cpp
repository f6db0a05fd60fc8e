// one_hot: zeros, and a one at each class number that is in range.
#include <algorithm>

#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const auto axis = r.attrs.get<std::int64_t>("axis");
  const Shape& to = r.outputs[0].shape;
  const AxisView v(to, axis);
  const DType index_type = r.inputs[0].dtype;
  return dispatch<Types::any>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [v, index_type](const KernelArgs& a) {
      T* y = a.out<T>(0);
      std::fill_n(y, v.outer * v.size * v.inner, store<T>(0));
      for (std::int64_t i = 0; i < v.outer * v.inner; ++i) {
        const std::int64_t c = load_index(a.inputs[0], index_type, i);
        if (c >= 0 && c < v.size)
          y[(i / v.inner * v.size + c) * v.inner + i % v.inner] = store<T>(1);
      }
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_one_hot(KernelTable& table) { cpu::add_only(table, "one_hot", cpu::prepare); }
}  // namespace weft::registration
