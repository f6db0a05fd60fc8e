// cumsum along one axis, from the front or (attrs "reverse") from the back; floating sums in
// double.
#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

template <class T>
using Sum = std::conditional_t<is_float<T>, double, std::uint64_t>;

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const auto axis = r.attrs.get<std::int64_t>("axis");
  const Shape& shape = r.inputs[0].shape;
  const AxisView v(shape, axis);
  const bool reverse = r.attrs.get<bool>("reverse", false);
  return dispatch<Types::numbers>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [v, reverse](const KernelArgs& a) {
      const T* x = a.in<T>(0);
      T* y = a.out<T>(0);
      for (std::int64_t o = 0; o < v.outer; ++o) {
        for (std::int64_t k = 0; k < v.inner; ++k) {
          Sum<T> sum = 0;
          for (std::int64_t i = 0; i < v.size; ++i) {
            const std::int64_t at = (o * v.size + (reverse ? v.size - 1 - i : i)) * v.inner + k;
            sum += static_cast<Sum<T>>(load(x[at]));
            y[at] = store<T>(sum);
          }
        }
      }
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_cumsum(KernelTable& table) { cpu::add_reference(table, "cumsum", cpu::prepare); }
}  // namespace weft::registration
