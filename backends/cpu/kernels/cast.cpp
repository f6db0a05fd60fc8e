// cast: every dtype to every other.
#include <cstring>
#include <limits>

#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

/// Floating to integer saturates and NaN becomes 0: in C++ both would be undefined.
template <class To, class From>
To convert(From x) {
  if constexpr (std::is_same_v<To, bool>) {
    return x != From(0);
  } else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>) {
    constexpr From low = static_cast<From>(std::numeric_limits<To>::min());
    // 2^n, which every floating type holds exactly; max itself rounds up to it.
    constexpr To half = std::numeric_limits<To>::max() / 2 + 1;
    constexpr From high = static_cast<From>(half) * From(2);
    if (x != x) return 0;
    if (x < low) return std::numeric_limits<To>::min();
    if (x >= high) return std::numeric_limits<To>::max();
    return static_cast<To>(x);
  } else {
    return static_cast<To>(x);
  }
}

template <class From, class To>
PreparedKernel make(std::int64_t count) {
  return {.run = [count](const KernelArgs& a) {
    const From* x = a.in<From>(0);
    To* y = a.out<To>(0);
    if constexpr (std::is_same_v<From, To>) {
      if (count > 0) std::memcpy(y, x, static_cast<std::size_t>(count) * sizeof(To));
    } else {
      for (std::int64_t i = 0; i < count; ++i) y[i] = store<To>(convert<Compute<To>>(load(x[i])));
    }
  }};
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t count = r.outputs[0].shape.size();
  return dispatch<Types::any>(r.inputs[0].dtype, why_not, [&]<class From>(Type<From>) {
    return dispatch<Types::any>(r.outputs[0].dtype, why_not,
                                [&]<class To>(Type<To>) { return make<From, To>(count); });
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_cast(KernelTable& table) { cpu::add_reference(table, "cast", cpu::prepare); }
}  // namespace weft::registration
