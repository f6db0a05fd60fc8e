// cast: every dtype to every other, in pieces by way of the widest type of the kind that comes in
// (double, int64, uint64): some fifty loops, not one for each of the 169 pairs.
#include <algorithm>
#include <cstring>

#include "backends/convert.hpp"
#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

constexpr std::int64_t piece = 512;  // elements at once

template <class Wide, class From>
void widen(const void* x, std::int64_t first, std::int64_t n, Wide* to) {
  const From* from = static_cast<const From*>(x) + first;
  for (std::int64_t i = 0; i < n; ++i) to[i] = static_cast<Wide>(load(from[i]));
}
template <class Wide, class To>
void narrow(const Wide* from, std::int64_t n, void* y, std::int64_t first) {
  To* to = static_cast<To*>(y) + first;
  for (std::int64_t i = 0; i < n; ++i) to[i] = store<To>(convert<Compute<To>>(from[i]));
}

template <class Wide, class From>
inline constexpr bool widens_to =
    is_float<From>
        ? std::is_same_v<Wide, double>
        : std::is_same_v<Wide,
                         std::conditional_t<std::is_signed_v<From>, std::int64_t, std::uint64_t>>;

template <class Wide>
PreparedKernel prepare_by(const KernelRequest& r, std::string& why_not) {
  void (*in)(const void*, std::int64_t, std::int64_t, Wide*) = nullptr;
  void (*out)(const Wide*, std::int64_t, void*, std::int64_t) = nullptr;
  dispatch<Types::any>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    if constexpr (widens_to<Wide, T>) in = widen<Wide, T>;
    return PreparedKernel();
  });
  dispatch<Types::any>(r.outputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    out = narrow<Wide, T>;
    return PreparedKernel();
  });
  return {.run = [in, out, count = r.outputs[0].shape.size()](const KernelArgs& a) {
    Wide numbers[piece];
    for (std::int64_t i = 0; i < count; i += piece) {
      const std::int64_t n = std::min<std::int64_t>(piece, count - i);
      in(a.inputs[0], i, n, numbers);
      out(numbers, n, a.outputs[0], i);
    }
  }};
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const DType from = r.inputs[0].dtype, to = r.outputs[0].dtype;
  if (from == to) {
    const auto bytes = static_cast<std::size_t>(r.outputs[0].shape.size()) * to.itemsize();
    return {.run = [bytes](const KernelArgs& a) {
      if (bytes > 0) std::memcpy(a.outputs[0], a.inputs[0], bytes);
    }};
  }
  if (from.is_floating()) return prepare_by<double>(r, why_not);
  return from.name()[0] == 'i' ? prepare_by<std::int64_t>(r, why_not)
                               : prepare_by<std::uint64_t>(r, why_not);
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_cast(KernelTable& table) { cpu::add_reference(table, "cast", cpu::prepare); }
}  // namespace weft::registration
