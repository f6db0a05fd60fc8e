// Convolution of float32 as matrix products: every position's window becomes a row of a matrix
// (im2col), some rows at a time. For what oneDNN does not take, and for builds without it.
#include <cstring>

#include "backends/cpu/conv_shape.hpp"
#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/sgemm.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

constexpr std::size_t alignment = 64;

/// Places in a kernel's workspace.
struct Layout {
  std::size_t bytes = 0;
  std::size_t floats(std::int64_t count) {
    const std::size_t at = bytes;
    bytes +=
        (static_cast<std::size_t>(count) * sizeof(float) + alignment - 1) / alignment * alignment;
    return at;
  }
};

float* at(void* memory, std::size_t offset) {
  return reinterpret_cast<float*>(static_cast<char*>(memory) + offset);
}

/// What the three kernels share. Rows are the positions of all images; a group's matrices are
/// columns [rows, k], weights [k, f] and results [rows, f].
struct Im2col {
  ConvShape s;
  BatchSplit split;
  std::int64_t k, f;   ///< a group's
  std::int64_t block;  ///< rows at a time
  Sgemm sgemm = best_sgemm();
  // A part's workspace, in bytes from its beginning, and where the parts begin.
  std::size_t columns = 0, results = 0, sums = 0, gemm = 0, part_bytes = 0, first_part = 0;
  bool plain;  ///< x is the matrix of columns

  Im2col(const KernelRequest& r, std::int64_t floats_per_block)
      : s(r),
        split(s.batch, s.work()),
        k(s.taps() * s.channels_per_group()),
        f(s.filters_per_group()) {
    block = std::clamp<std::int64_t>(floats_per_block / std::max<std::int64_t>(1, k), 96, 8192);
    plain = s.taps() == 1 && s.groups == 1;
    for (int d = 0; d < 3; ++d)
      plain = plain && s.stride[d] == 1 && s.before[d] == 0 && s.in[d] == s.out[d];
  }
  bool grouped() const { return s.groups > 1; }
  std::int64_t kernel_floats() const { return k * f * s.groups; }

  void* part(void* workspace, int i) const {
    return static_cast<char*>(workspace) + first_part + static_cast<std::size_t>(i) * part_bytes;
  }
};

/// Copies the windows of rows [row, row + rows) of group g, zeros outside the image.
void gather(const Im2col& p, const float* x, std::int64_t row, std::int64_t rows, std::int64_t g,
            float* columns) {
  const ConvShape& s = p.s;
  const std::int64_t c = s.channels_per_group(), pixels = s.pixels_out();
  for (std::int64_t r = row; r < row + rows; ++r, columns += p.k) {
    const std::int64_t n = r / pixels, i = r % pixels;
    const std::int64_t o[3] = {i / (s.out[1] * s.out[2]), i / s.out[2] % s.out[1], i % s.out[2]};
    const float* image = x + n * s.pixels_in() * s.channels + g * c;
    std::memset(columns, 0, static_cast<std::size_t>(p.k) * sizeof(float));
    each_tap(s, o, [&](std::int64_t pixel, std::int64_t tap) {
      const float* from = image + pixel * s.channels;
      float* to = columns + tap * c;
      for (std::int64_t j = 0; j < c; ++j) to[j] = from[j];
    });
  }
}

/// The reverse: adds the columns to x.
void scatter(const Im2col& p, const float* columns, std::int64_t row, std::int64_t rows,
             std::int64_t g, float* x) {
  const ConvShape& s = p.s;
  const std::int64_t c = s.channels_per_group(), pixels = s.pixels_out();
  for (std::int64_t r = row; r < row + rows; ++r, columns += p.k) {
    const std::int64_t n = r / pixels, i = r % pixels;
    const std::int64_t o[3] = {i / (s.out[1] * s.out[2]), i / s.out[2] % s.out[1], i % s.out[2]};
    float* image = x + n * s.pixels_in() * s.channels + g * c;
    each_tap(s, o, [&](std::int64_t pixel, std::int64_t tap) {
      float* to = image + pixel * s.channels;
      const float* from = columns + tap * c;
      for (std::int64_t j = 0; j < c; ++j) to[j] += from[j];
    });
  }
}

/// Columns [g * f, (g + 1) * f) of a matrix with `width` columns, dense.
void take_group(const float* from, std::int64_t rows, std::int64_t width, std::int64_t g,
                std::int64_t f, float* to) {
  from += g * f;
  for (std::int64_t i = 0; i < rows; ++i, from += width, to += f)
    for (std::int64_t j = 0; j < f; ++j) to[j] = from[j];
}

void put_group(const float* from, std::int64_t rows, std::int64_t width, std::int64_t g,
               std::int64_t f, float* to) {
  to += g * f;
  for (std::int64_t i = 0; i < rows; ++i, to += width, from += f)
    for (std::int64_t j = 0; j < f; ++j) to[j] = from[j];
}

/// Weights of all groups, dense, when there are several: once per run, before the parts.
const float* group_weights(const Im2col& p, const float* kernel, void* workspace) {
  if (!p.grouped()) return kernel;
  float* to = at(workspace, 0);
  for (std::int64_t g = 0; g < p.s.groups; ++g)
    take_group(kernel, p.k, p.s.filters, g, p.f, to + g * p.k * p.f);
  return to;
}

/// Bias and activation on finished rows.
void finish(float* y, std::int64_t rows, std::int64_t filters, const float* bias, bool relu) {
  if (bias == nullptr && !relu) return;
  for (std::int64_t i = 0; i < rows; ++i, y += filters) {
    for (std::int64_t j = 0; bias != nullptr && j < filters; ++j) y[j] += bias[j];
    for (std::int64_t j = 0; relu && j < filters; ++j) y[j] = y[j] < 0 ? 0 : y[j];
  }
}

void forward_part(const Im2col& p, int part, const KernelArgs& a, const float* weights,
                  const float* bias, bool relu) {
  void* memory = p.part(a.workspace, part);
  const std::int64_t pixels = p.s.pixels_out();
  const std::int64_t end = p.split.begin(part + 1) * pixels;
  for (std::int64_t row = p.split.begin(part) * pixels; row < end; row += p.block) {
    const std::int64_t rows = std::min(p.block, end - row);
    float* y = a.out<float>(0) + row * p.s.filters;
    for (std::int64_t g = 0; g < p.s.groups; ++g) {
      const float* columns = a.in<float>(0) + row * p.k;
      if (!p.plain) {
        gather(p, a.in<float>(0), row, rows, g, at(memory, p.columns));
        columns = at(memory, p.columns);
      }
      float* to = p.grouped() ? at(memory, p.results) : y;
      p.sgemm(
          {rows, p.f, p.k, columns, false, weights + g * p.k * p.f, false, to, at(memory, p.gemm)});
      if (p.grouped()) put_group(to, rows, p.s.filters, g, p.f, y);
    }
    finish(y, rows, p.s.filters, bias, relu);
  }
}

bool declines(const KernelRequest& r, const ConvShape& s, std::string& why_not) {
  if (!only_float32_product(r, why_not)) return true;
  if (s.empty()) why_not = "nothing to compute";
  return s.empty();
}

PreparedKernel prepare_forward(const KernelRequest& r, std::string& why_not) {
  Im2col p(r, 1 << 16);
  if (declines(r, p.s, why_not)) return {};
  Layout shared, own;
  if (p.grouped()) shared.floats(p.kernel_floats());
  p.first_part = shared.bytes;
  if (!p.plain) p.columns = own.floats(p.block * p.k);
  if (p.grouped()) p.results = own.floats(p.block * p.f);
  p.gemm = own.floats(static_cast<std::int64_t>(sgemm_workspace_bytes(p.f, p.k) / sizeof(float)));
  p.part_bytes = own.bytes;
  const bool bias = r.inputs.size() == 3;
  const bool relu = r.attrs.get<std::string>("activation", "") == "relu";
  return {.run =
              [p, bias, relu](const KernelArgs& a) {
                const float* weights = group_weights(p, a.in<float>(1), a.workspace);
                p.split.each_part([&](int part) {
                  forward_part(p, part, a, weights, bias ? a.in<float>(2) : nullptr, relu);
                });
              },
          .workspace_bytes = p.first_part + static_cast<std::size_t>(p.split.parts) * p.part_bytes};
}

void input_part(const Im2col& p, int part, const KernelArgs& a, const float* weights) {
  void* memory = p.part(a.workspace, part);
  const std::int64_t pixels = p.s.pixels_out(), image = p.s.pixels_in() * p.s.channels;
  float* dx = a.out<float>(0);
  if (!p.plain)
    std::memset(dx + p.split.begin(part) * image, 0,
                static_cast<std::size_t>(p.split.size(part) * image) * sizeof(float));
  const std::int64_t end = p.split.begin(part + 1) * pixels;
  for (std::int64_t row = p.split.begin(part) * pixels; row < end; row += p.block) {
    const std::int64_t rows = std::min(p.block, end - row);
    for (std::int64_t g = 0; g < p.s.groups; ++g) {
      const float* from = a.in<float>(0) + row * p.s.filters;
      if (p.grouped()) {
        take_group(from, rows, p.s.filters, g, p.f, at(memory, p.results));
        from = at(memory, p.results);
      }
      float* columns = p.plain ? dx + row * p.k : at(memory, p.columns);
      p.sgemm({rows, p.k, p.f, from, false, weights + g * p.k * p.f, true, columns,
               at(memory, p.gemm)});
      if (!p.plain) scatter(p, columns, row, rows, g, dx);
    }
  }
}

PreparedKernel prepare_input_grad(const KernelRequest& r, std::string& why_not) {
  Im2col p(r, 1 << 16);
  if (declines(r, p.s, why_not)) return {};
  Layout shared, own;
  if (p.grouped()) shared.floats(p.kernel_floats());
  p.first_part = shared.bytes;
  if (!p.plain) p.columns = own.floats(p.block * p.k);
  if (p.grouped()) p.results = own.floats(p.block * p.f);
  p.gemm = own.floats(static_cast<std::int64_t>(sgemm_workspace_bytes(p.k, p.f) / sizeof(float)));
  p.part_bytes = own.bytes;
  return {.run =
              [p](const KernelArgs& a) {
                const float* weights = group_weights(p, a.in<float>(1), a.workspace);
                p.split.each_part([&](int part) { input_part(p, part, a, weights); });
              },
          .workspace_bytes = p.first_part + static_cast<std::size_t>(p.split.parts) * p.part_bytes};
}

/// The gradient over a part's images, into its own sums [groups, k, f].
void kernel_part(const Im2col& p, int part, const KernelArgs& a) {
  void* memory = p.part(a.workspace, part);
  const std::int64_t pixels = p.s.pixels_out(), count = p.k * p.f;
  float *sums = at(memory, p.sums), *product = at(memory, p.results) + p.block * p.f;
  const std::int64_t first = p.split.begin(part) * pixels, end = p.split.begin(part + 1) * pixels;
  for (std::int64_t row = first; row < end; row += p.block) {
    const std::int64_t rows = std::min(p.block, end - row);
    for (std::int64_t g = 0; g < p.s.groups; ++g) {
      const float *columns = a.in<float>(0) + row * p.k, *from = a.in<float>(1) + row * p.s.filters;
      if (!p.plain) {
        gather(p, a.in<float>(0), row, rows, g, at(memory, p.columns));
        columns = at(memory, p.columns);
      }
      if (p.grouped()) {
        take_group(from, rows, p.s.filters, g, p.f, at(memory, p.results));
        from = at(memory, p.results);
      }
      float* to = row == first ? sums + g * count : product;
      p.sgemm({p.k, p.f, rows, columns, true, from, false, to, at(memory, p.gemm)});
      if (row == first) continue;
      for (std::int64_t j = 0; j < count; ++j) sums[g * count + j] += product[j];
    }
  }
}

/// The sum of the parts' sums, in their order, in the kernel's layout.
void add_parts(const Im2col& p, const KernelArgs& a) {
  float* total = at(p.part(a.workspace, 0), p.sums);
  const std::int64_t count = p.kernel_floats();
  for (int i = 1; i < p.split.parts; ++i) {
    const float* sums = at(p.part(a.workspace, i), p.sums);
    for (std::int64_t j = 0; j < count; ++j) total[j] += sums[j];
  }
  for (std::int64_t g = 0; g < p.s.groups; ++g)
    put_group(total + g * p.k * p.f, p.k, p.s.filters, g, p.f, a.out<float>(0));
}

PreparedKernel prepare_kernel_grad(const KernelRequest& r, std::string& why_not) {
  Im2col p(r, 1 << 18);
  if (declines(r, p.s, why_not)) return {};
  Layout own;
  p.sums = own.floats(p.kernel_floats());
  if (!p.plain) p.columns = own.floats(p.block * p.k);
  p.results = own.floats(p.block * p.f + p.k * p.f);
  p.gemm =
      own.floats(static_cast<std::int64_t>(sgemm_workspace_bytes(p.f, p.block) / sizeof(float)));
  p.part_bytes = own.bytes;
  return {.run =
              [p](const KernelArgs& a) {
                p.split.each_part([&](int part) { kernel_part(p, part, a); });
                add_parts(p, a);
              },
          .workspace_bytes = static_cast<std::size_t>(p.split.parts) * p.part_bytes};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void cpu_conv_im2col(KernelTable& table) {
  table.add("conv", {.name = "im2col", .prepare = cpu::prepare_forward});
  table.add("conv_input_grad", {.name = "im2col", .prepare = cpu::prepare_input_grad});
  table.add("conv_kernel_grad", {.name = "im2col", .prepare = cpu::prepare_kernel_grad});
}
}  // namespace weft::registration
