// sparse_softmax_crossentropy, its gradient and crossentropy_step of float32: the same loops over
// rows, so that their bits are the same apart and together.
#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>

#include "backends/cpu/kernels/index_text.hpp"
#include "backends/cpu/simd/crossentropy.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

struct Job {
  std::int64_t rows, classes;
  DType label_type;
  bool gradient, matches;
  const CrossentropyLoops* loops;

  Job(const KernelRequest& r, bool with_gradient, bool with_matches)
      : rows(r.inputs[0].shape.size()),
        classes(r.inputs[1].shape[-1]),
        label_type(r.inputs[0].dtype),
        gradient(with_gradient),
        matches(with_matches),
        loops(&crossentropy_loops()) {}

  int label(const void* labels, std::int64_t row) const {
    const std::int64_t c = load_index(labels, label_type, row);
    if (c >= 0 && c < classes) return static_cast<int>(c);
    throw Error(
        fmt::format("sparse_categorical_crossentropy: a label is out of range. Expected: 0 <= "
                    "label < {} (the number of classes). Received: {} at row {}",
                    classes, index_text(labels, label_type, row), row));
  }

  // `loss`, `grad`, `won`: null when not wanted.
  void run(const KernelArgs& a, float* loss, float* grad, float* won) const {
    constexpr std::int64_t elements = 32768;  // some 20 microseconds
    parallel_for(rows, std::max<std::int64_t>(1, elements / std::max<std::int64_t>(classes, 1)),
                 [&](std::int64_t begin, std::int64_t end) {
                   constexpr std::int64_t most = 64;
                   for (; begin < end; begin += most)
                     chunk(a, begin, std::min(most, end - begin), loss, grad, won);
                 });
  }

  void chunk(const KernelArgs& a, std::int64_t first, std::int64_t count, float* loss, float* grad,
             float* won) const {
    int labels[64];
    for (std::int64_t i = 0; i < count; ++i) labels[i] = label(a.inputs[0], first + i);
    const auto from = [&](float* p, std::int64_t width) {
      return p == nullptr ? nullptr : p + first * width;
    };
    loops->run({count, classes, a.in<float>(1) + first * classes, labels,
                gradient ? a.in<float>(2) + first : nullptr, from(loss, 1), from(grad, classes),
                from(won, 1)});
  }
};

bool accepts(const KernelRequest& r, std::string& why_not) {
  if (r.inputs[1].dtype == DType::float32) return true;
  why_not = "only float32";
  return false;
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  if (!accepts(r, why_not)) return {};
  return {.run = [job = Job(r, false, false)](const KernelArgs& a) {
    job.run(a, a.out<float>(0), nullptr, nullptr);
  }};
}

PreparedKernel prepare_grad(const KernelRequest& r, std::string& why_not) {
  if (!accepts(r, why_not)) return {};
  return {.run = [job = Job(r, true, false)](const KernelArgs& a) {
    job.run(a, nullptr, a.out<float>(0), nullptr);
  }};
}

PreparedKernel prepare_step(const KernelRequest& r, std::string& why_not) {
  if (!accepts(r, why_not)) return {};
  const Job job(r, r.inputs.size() == 3, r.attrs.get<bool>("matches", false));
  return {.run = [job](const KernelArgs& a) {
    job.run(a, a.out<float>(0), job.gradient ? a.out<float>(1) : nullptr,
            job.matches ? a.out<float>(job.gradient ? 2 : 1) : nullptr);
  }};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {

void cpu_crossentropy_simd(KernelTable& table) {
  table.add("sparse_softmax_crossentropy", {.name = "simd", .prepare = cpu::prepare});
  table.add("sparse_softmax_crossentropy_grad", {.name = "simd", .prepare = cpu::prepare_grad});
  table.add("crossentropy_step", {.name = "simd", .prepare = cpu::prepare_step});
}

}  // namespace weft::registration
