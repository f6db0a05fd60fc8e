// Convolutions of float32 that read the image where it is. The gradient of x is such a convolution
// too: of g, with the window turned around.
#include <cstring>
#include <string_view>
#include <utility>

#include "backends/cpu/conv_own.hpp"
#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/conv_direct.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

/// The convolution that computes the gradient of x, where strides are 1.
ConvShape turned(ConvShape s) {
  std::swap(s.channels, s.filters);
  for (int d = 0; d < ConvShape::dims; ++d) {
    std::swap(s.in[d], s.out[d]);
    s.before[d] = (s.window[d] - 1) * s.dilation[d] - s.before[d];
  }
  return s;
}

/// What is computed: for conv_input_grad the turned convolution.
ConvShape computed(const KernelRequest& r) {
  const ConvShape s(r);
  return r.op.name == "conv_input_grad" ? turned(s) : s;
}

/// The convolution as the loops see it: one image at a time, padded where the window goes beyond
/// it. In the workspace: the packed weights, then for each part of the batch its padded image and
/// its sums.
struct Plan {
  ConvShape s;
  BatchSplit split;
  DirectConv image{};
  bool padded = false;
  std::int64_t rows = 0, columns = 0;  ///< of the padded image
  std::size_t packed_bytes = 0, image_bytes = 0, sum_bytes = 0;

  explicit Plan(const ConvShape& shape) : s(shape), split(s.batch, s.work()) {
    const auto reach = [&](int d) {
      return (s.out[d] - 1) * s.stride[d] + (s.window[d] - 1) * s.dilation[d] + 1;
    };
    padded = s.before[1] > 0 || s.before[2] > 0 || reach(1) > s.in[1] || reach(2) > s.in[2];
    rows = padded ? reach(1) : s.in[1];
    columns = padded ? reach(2) : s.in[2];
    const std::int64_t row = columns * s.channels;
    image = {s.out[1],
             s.out[2],
             s.window[1],
             s.window[2] * s.channels,
             s.stride[1] * row,
             s.stride[2] * s.channels,
             s.dilation[1] * row,
             s.filters};
    if (padded) image_bytes = aligned(rows * row);
  }

  static std::size_t aligned(std::int64_t floats) {
    return (static_cast<std::size_t>(floats) * sizeof(float) + 63) / 64 * 64;
  }
  std::int64_t kernel_floats() const { return s.taps() * s.channels * s.filters; }
  std::size_t part_bytes() const { return image_bytes + sum_bytes; }
  std::size_t workspace_bytes() const {
    return packed_bytes + static_cast<std::size_t>(split.parts) * part_bytes();
  }
  float* part(void* workspace, int i) const {
    return reinterpret_cast<float*>(static_cast<char*>(workspace) + packed_bytes +
                                    static_cast<std::size_t>(i) * part_bytes());
  }
  float* sums(void* workspace, int i) const {
    return part(workspace, i) + image_bytes / sizeof(float);
  }

  /// Image n, in `memory` with zeros around where that is needed.
  const float* window(const float* x, std::int64_t n, float* memory) const {
    x += n * s.pixels_in() * s.channels;
    if (!padded) return x;
    // What is left out behind the last window is not copied.
    const std::int64_t width = std::min(s.in[2], columns - s.before[2]) * s.channels,
                       height = std::min(s.in[1], rows - s.before[1]);
    for (std::int64_t i = 0; i < height; ++i)
      std::memcpy(memory + ((i + s.before[1]) * columns + s.before[2]) * s.channels,
                  x + i * s.in[2] * s.channels, static_cast<std::size_t>(width) * sizeof(float));
    return memory;
  }

  /// Calls f(n, image n) for the images of a part.
  template <class F>
  void each_image(const KernelArgs& a, int i, F&& f) const {
    float* memory = part(a.workspace, i);
    std::memset(memory, 0, image_bytes);
    for (std::int64_t n = split.begin(i); n < split.begin(i + 1); ++n)
      f(n, window(a.in<float>(0), n, memory));
  }
};

bool accepts(const KernelRequest& r, std::string& why_not) {
  if (!only_float32_product(r, why_not)) return false;
  why_not = not_direct(r);
  return why_not.empty();
}

void forward_part(const Plan& p, int part, const KernelArgs& a, const float* bias, bool relu) {
  p.each_image(a, part, [&](std::int64_t n, const float* x) {
    direct_conv_loops().forward(p.image, x, static_cast<const float*>(a.workspace), bias, relu,
                                a.out<float>(0) + n * p.s.pixels_out() * p.s.filters);
  });
}

PreparedKernel prepare_forward(const KernelRequest& r, std::string& why_not) {
  if (!accepts(r, why_not)) return {};
  Plan p(computed(r));
  p.packed_bytes = Plan::aligned(p.kernel_floats());
  const bool backward = r.op.name == "conv_input_grad";
  const bool bias = r.inputs.size() == 3;
  const bool relu = r.attrs.get<std::string>("activation", "") == "relu";
  return {.run =
              [=](const KernelArgs& a) {
                auto* packed = static_cast<float*>(a.workspace);
                if (backward)
                  direct_conv_loops().pack_turned(a.in<float>(1), p.s.taps(), p.s.filters,
                                                  p.s.channels, packed);
                else
                  direct_conv_loops().pack(a.in<float>(1), p.image.elements(), p.s.filters, packed);
                p.split.each_part([&](int part) {
                  forward_part(p, part, a, bias ? a.in<float>(2) : nullptr, relu);
                });
              },
          .workspace_bytes = p.workspace_bytes()};
}

void kernel_part(const Plan& p, int part, const KernelArgs& a) {
  float* sums = p.sums(a.workspace, part);
  std::memset(sums, 0, p.sum_bytes);
  p.each_image(a, part, [&](std::int64_t n, const float* x) {
    direct_conv_loops().kernel_grad(p.image, x, a.in<float>(1) + n * p.s.pixels_out() * p.s.filters,
                                    sums);
  });
}

PreparedKernel prepare_kernel_grad(const KernelRequest& r, std::string& why_not) {
  if (!accepts(r, why_not)) return {};
  Plan p(computed(r));
  p.sum_bytes = Plan::aligned(p.kernel_floats());
  return {.run =
              [p](const KernelArgs& a) {
                p.split.each_part([&](int part) { kernel_part(p, part, a); });
                float* out = a.out<float>(0);
                std::memcpy(out, p.sums(a.workspace, 0),
                            static_cast<std::size_t>(p.kernel_floats()) * sizeof(float));
                for (int i = 1; i < p.split.parts; ++i) {
                  const float* more = p.sums(a.workspace, i);
                  for (std::int64_t j = 0; j < p.kernel_floats(); ++j) out[j] += more[j];
                }
              },
          .workspace_bytes = p.workspace_bytes()};
}

/// As measured with AVX2; docs/performance.md has the times. oneDNN leaves out products with the
/// zeros around an image, and its weights need not stay in the cache.
bool direct_beats_onednn(std::string_view op, const ConvShape& s) {
  constexpr std::int64_t most_weights = 1 << 19, few = 4;
  if (s.taps() == 1 || s.taps() * s.channels * s.filters > most_weights) return false;
  if (op == "conv_kernel_grad") return true;
  if (op == "conv_input_grad") return 4 * s.pixels_in() <= 5 * s.pixels_out();
  return s.channels > few;
}

}  // namespace

const char* not_direct(const KernelRequest& r) {
  const ConvShape s = computed(r);
  if (s.empty()) return "nothing to compute";
  if (s.groups > 1) return "groups";
  if (s.rank > 2) return "3-D";
  if (r.op.name == "conv_input_grad" && (s.stride[1] > 1 || s.stride[2] > 1)) return "strides";
  if (s.dilation[2] > 1 && s.window[2] > 1) return "dilated along a row";
  if (s.before[1] < 0 || s.before[2] < 0) return "negative padding";
  if (s.filters % direct_conv_loops().lanes != 0) return "filters that are no whole vectors";
  return "";
}

bool own_conv_beats_onednn(const KernelRequest& r) {
  if (!(r.inputs[0].dtype == DType::float32)) return false;
  const ConvShape s(r);
  if (r.op.name == "conv_input_grad" && *not_few_channels(s) == '\0') return true;
  if (*not_direct(r) != '\0') return false;
  if (isa() == Isa::v3) return direct_beats_onednn(r.op.name, s);
  // No machine with AVX-512 was there to measure on: there oneDNN is at 20 to 40 % of the peak
  // where channels are few.
  return s.channels <= 2 && (isa() == Isa::v4 || r.op.name == "conv_kernel_grad");
}

}  // namespace weft::cpu

namespace weft::registration {
void cpu_conv_direct(KernelTable& table) {
  table.add("conv", {.name = "direct", .prepare = cpu::prepare_forward});
  table.add("conv_input_grad", {.name = "direct", .prepare = cpu::prepare_forward});
  table.add("conv_kernel_grad", {.name = "direct", .prepare = cpu::prepare_kernel_grad});
}
}  // namespace weft::registration
