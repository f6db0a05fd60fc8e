// argsort along the last axis (stable, in a workspace of one row) and in_top_k.
#include <algorithm>
#include <bit>
#include <cmath>

#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

/// A number whose order is that of the element: NaN last, -0 like 0. Elements of all dtypes are
/// sorted by one loop.
template <class T>
std::uint64_t key_of(T element) {
  constexpr std::uint64_t top = std::uint64_t{1} << 63;
  if constexpr (is_float<T>) {
    const auto x = static_cast<double>(load(element));
    if (x != x) return ~std::uint64_t{0};
    const auto bits = std::bit_cast<std::uint64_t>(x == 0 ? 0.0 : x);
    return (bits & top) != 0 ? ~bits : bits | top;
  } else if constexpr (std::is_signed_v<T>) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(element)) ^ top;
  } else {
    return static_cast<std::uint64_t>(element);
  }
}

/// Of equal keys the first place comes first: std::partial_sort is then stable.
struct Place {
  std::uint64_t key;
  std::int32_t place;
  bool operator<(const Place& other) const {
    return key != other.key ? key < other.key : place < other.place;
  }
};

/// The places of row `row` of x, keys turned round when descending (NaN comes first then).
template <class T>
void places_of(const void* x, std::int64_t row, std::int64_t size, bool descending, Place* to) {
  const T* from = static_cast<const T*>(x) + row * size;
  const std::uint64_t turn = descending ? ~std::uint64_t{0} : 0;
  for (std::int64_t i = 0; i < size; ++i)
    to[i] = {key_of(from[i]) ^ turn, static_cast<std::int32_t>(i)};
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t size = r.inputs[0].shape[-1], count = r.outputs[0].shape[-1];
  const std::int64_t rows = size == 0 ? 0 : r.inputs[0].shape.size() / size;
  const bool descending = r.attrs.get<bool>("descending", false);
  void (*places)(const void*, std::int64_t, std::int64_t, bool, Place*) = nullptr;
  dispatch<Types::any>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    places = places_of<T>;
    return PreparedKernel();
  });
  return {.run =
              [=](const KernelArgs& a) {
                auto* all = static_cast<Place*>(a.workspace);
                auto* order = a.out<std::int32_t>(0);
                for (std::int64_t i = 0; i < rows; ++i) {
                  places(a.inputs[0], i, size, descending, all);
                  std::partial_sort(all, all + count, all + size);
                  for (std::int64_t k = 0; k < count; ++k) *order++ = all[k].place;
                }
              },
          .workspace_bytes = static_cast<std::size_t>(size) * sizeof(Place)};
}

PreparedKernel prepare_in_top_k(const KernelRequest& r, std::string& why_not) {
  const std::int64_t rows = r.inputs[1].shape[0], classes = r.inputs[1].shape[1];
  const auto k = r.attrs.get<std::int64_t>("k");
  const DType target_type = r.inputs[0].dtype;
  return dispatch<Types::numbers>(r.inputs[1].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run = [=](const KernelArgs& a) {
      for (std::int64_t i = 0; i < rows; ++i) {
        const T* row = a.in<T>(1) + i * classes;
        const std::int64_t target = load_index(a.inputs[0], target_type, i);
        bool in = target >= 0 && target < classes &&
                  std::isfinite(static_cast<double>(load(row[target])));
        std::int64_t larger = 0;
        for (std::int64_t c = 0; in && c < classes; ++c) {
          in = std::isfinite(static_cast<double>(load(row[c])));
          larger += load(row[c]) > load(row[target]) ? 1 : 0;
        }
        a.out<bool>(0)[i] = in && larger < k;
      }
    }};
  });
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_sort(KernelTable& table) {
  cpu::add_reference(table, "argsort", cpu::prepare);
  cpu::add_reference(table, "in_top_k", cpu::prepare_in_top_k);
}

}  // namespace weft::registration
