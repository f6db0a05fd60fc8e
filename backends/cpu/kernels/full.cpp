// full, full_like: one value everywhere.
#include <algorithm>
#include <cstring>

#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

/// The first elements one by one, the others copied from them, as fast as memcpy stores.
template <class T>
void fill(T* y, std::int64_t count, T x) {
  constexpr std::int64_t most = 4096 / sizeof(T);
  std::int64_t done = std::min<std::int64_t>(count, 16);
  std::fill_n(y, done, x);
  while (done < count) {
    const std::int64_t more = std::min({done, count - done, most});
    std::memcpy(static_cast<void*>(y + done), y, static_cast<std::size_t>(more) * sizeof(T));
    done += more;
  }
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t count = r.outputs[0].shape.size();
  const auto value = r.attrs.get<double>("fill_value");
  return dispatch<Types::any>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    const T x = store<T>(value);
    return PreparedKernel{.run = [count, x](const KernelArgs& a) { fill(a.out<T>(0), count, x); }};
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
