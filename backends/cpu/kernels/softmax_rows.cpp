// softmax, log_softmax and their gradients of float32 along the last axis, by rows.
#include <algorithm>

#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/rows.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

struct Rows {
  std::int64_t count = 0, size = 0;
  std::int64_t grain() const {
    return std::max<std::int64_t>(1, 16384 / std::max<std::int64_t>(size, 1));
  }
};

bool in_rows(const KernelRequest& r, Rows& rows, std::string& why_not) {
  const Shape& shape = r.inputs[0].shape;
  const auto axis = r.attrs.get<std::int64_t>("axis");
  if (!only_float32(r.inputs[0].dtype, why_not)) return false;
  if (axis != -1 && axis != shape.rank() - 1) {
    why_not = "only the last axis";
    return false;
  }
  rows.size = shape[-1];
  rows.count = rows.size == 0 ? 0 : shape.size() / rows.size;
  return true;
}

PreparedKernel forward(const Rows& rows, void (*run)(const float*, float*, long, long)) {
  return {.run = [rows, run](const KernelArgs& a) {
    parallel_for(rows.count, rows.grain(), [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t at = begin * rows.size;
      run(a.in<float>(0) + at, a.out<float>(0) + at, end - begin, rows.size);
    });
  }};
}

PreparedKernel backward(const Rows& rows,
                        void (*run)(const float*, const float*, float*, long, long)) {
  return {.run = [rows, run](const KernelArgs& a) {
    parallel_for(rows.count, rows.grain(), [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t at = begin * rows.size;
      run(a.in<float>(0) + at, a.in<float>(1) + at, a.out<float>(0) + at, end - begin, rows.size);
    });
  }};
}

PreparedKernel prepare_softmax(const KernelRequest& r, std::string& why_not) {
  Rows rows;
  return in_rows(r, rows, why_not) ? forward(rows, softmax_loops().softmax) : PreparedKernel{};
}
PreparedKernel prepare_softmax_grad(const KernelRequest& r, std::string& why_not) {
  Rows rows;
  return in_rows(r, rows, why_not) ? backward(rows, softmax_loops().softmax_grad)
                                   : PreparedKernel{};
}
PreparedKernel prepare_log_softmax(const KernelRequest& r, std::string& why_not) {
  Rows rows;
  return in_rows(r, rows, why_not) ? forward(rows, softmax_loops().log_softmax) : PreparedKernel{};
}
PreparedKernel prepare_log_softmax_grad(const KernelRequest& r, std::string& why_not) {
  Rows rows;
  return in_rows(r, rows, why_not) ? backward(rows, softmax_loops().log_softmax_grad)
                                   : PreparedKernel{};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_softmax_rows(KernelTable& table) {
  table.add("softmax", {.name = "rows", .prepare = cpu::prepare_softmax});
  table.add("softmax_grad", {.name = "rows", .prepare = cpu::prepare_softmax_grad});
  table.add("log_softmax", {.name = "rows", .prepare = cpu::prepare_log_softmax});
  table.add("log_softmax_grad", {.name = "rows", .prepare = cpu::prepare_log_softmax_grad});
}

}  // namespace weft::registration
