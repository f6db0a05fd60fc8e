// argmax, argmin: the first winner; a NaN wins over any number.
#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

template <bool largest, class C>
bool beats(C a, C b) {
  if (b != b) return false;
  if (a != a) return true;
  return largest ? a > b : a < b;
}

AxisView view_of(const KernelRequest& r) {
  const Shape& shape = r.inputs[0].shape;
  if (!r.attrs.contains("axis") || r.attrs["axis"].is_null()) return {Shape({shape.size()}), 0};
  const std::int64_t axis = r.attrs.get<std::vector<std::int64_t>>("axis").at(0);
  return {shape, axis};
}

template <bool largest>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  return dispatch<Types::any>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [v = view_of(r)](const KernelArgs& a) {
      const T* x = a.in<T>(0);
      std::int32_t* y = a.out<std::int32_t>(0);
      for (std::int64_t o = 0; o < v.outer; ++o) {
        for (std::int64_t k = 0; k < v.inner; ++k) {
          const T* line = x + o * v.size * v.inner + k;
          std::int64_t best = 0;
          for (std::int64_t i = 1; i < v.size; ++i) {
            if (beats<largest>(load(line[i * v.inner]), load(line[best * v.inner]))) best = i;
          }
          *y++ = static_cast<std::int32_t>(best);
        }
      }
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_argmax(KernelTable& table) {
  cpu::add_reference(table, "argmax", cpu::prepare<true>);
  cpu::add_reference(table, "argmin", cpu::prepare<false>);
}

}  // namespace weft::registration
