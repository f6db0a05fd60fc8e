// argsort along the last axis (stable, in a workspace of one row of indices) and in_top_k.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "backends/cpu/kernels/dispatch.hpp"

namespace weft::cpu {
namespace {

/// Strictly before: smaller (larger when descending), NaN last (first when descending), then by
/// place: std::sort is then stable without the memory that std::stable_sort allocates.
template <class T>
bool before(const T* row, bool descending, std::int32_t i, std::int32_t j) {
  const auto a = load(row[i]), b = load(row[j]);
  const bool a_nan = a != a, b_nan = b != b;
  if (a_nan != b_nan) return descending ? a_nan : b_nan;
  if (a_nan || a == b) return i < j;
  return descending ? a > b : a < b;
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  const std::int64_t size = r.inputs[0].shape[-1], count = r.outputs[0].shape[-1];
  const std::int64_t rows = size == 0 ? 0 : r.inputs[0].shape.size() / size;
  const bool descending = r.attrs.get<bool>("descending", false);
  return dispatch<Types::any>(r.inputs[0].dtype, why_not, [&]<class T>(Type<T>) {
    return PreparedKernel{.run =
                              [=](const KernelArgs& a) {
                                auto* order = static_cast<std::int32_t*>(a.workspace);
                                for (std::int64_t i = 0; i < rows; ++i) {
                                  const T* row = a.in<T>(0) + i * size;
                                  std::iota(order, order + size, 0);
                                  std::partial_sort(order, order + count, order + size,
                                                    [=](std::int32_t x, std::int32_t y) {
                                                      return before(row, descending, x, y);
                                                    });
                                  std::copy_n(order, count, a.out<std::int32_t>(0) + i * count);
                                }
                              },
                          .workspace_bytes = static_cast<std::size_t>(size) * sizeof(std::int32_t)};
  });
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
