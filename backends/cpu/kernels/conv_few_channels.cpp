// Convolutions of float32 with few channels, such as a network's first: oneDNN reaches 20 to 40 %
// of the machine's speed there.
#include <cstring>

#include "backends/cpu/conv_few_channels.hpp"
#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/simd/conv_few_channels.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

/// The convolution as the loops see it: one image at a time, padded where the window goes beyond
/// it.
struct Plan {
  ConvShape s;
  BatchSplit split;
  FewChannels image{};
  bool padded = false;
  std::int64_t rows = 0, columns = 0;  ///< of the padded image
  std::size_t image_bytes = 0, sum_bytes = 0;

  explicit Plan(const KernelRequest& r) : s(r), split(s.batch, s.work()) {
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
  float* part(void* workspace, int i) const {
    return reinterpret_cast<float*>(static_cast<char*>(workspace) +
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
  void clear(float* memory) const { std::memset(memory, 0, image_bytes); }
};

bool accepts(const KernelRequest& r, const ConvShape& s, std::string& why_not) {
  if (!only_float32_product(r, why_not)) return false;
  why_not = not_few_channels(r, s);
  return why_not.empty();
}

PreparedKernel prepare_forward(const KernelRequest& r, std::string& why_not) {
  const Plan p(r);
  if (!accepts(r, p.s, why_not)) return {};
  const bool bias = r.inputs.size() == 3;
  const bool relu = r.attrs.get<std::string>("activation", "") == "relu";
  const auto forward = few_channels_loops().forward;
  return {.run =
              [=](const KernelArgs& a) {
                parallel_for(p.split.parts, 1, [&](std::int64_t begin, std::int64_t end) {
                  for (std::int64_t i = begin; i < end; ++i) {
                    const int part = static_cast<int>(i);
                    float* memory = p.part(a.workspace, part);
                    p.clear(memory);
                    for (std::int64_t n = p.split.begin(part); n < p.split.begin(part + 1); ++n)
                      forward(p.image, p.window(a.in<float>(0), n, memory), a.in<float>(1),
                              bias ? a.in<float>(2) : nullptr, relu,
                              a.out<float>(0) + n * p.s.pixels_out() * p.s.filters);
                  }
                });
              },
          .workspace_bytes = static_cast<std::size_t>(p.split.parts) * p.part_bytes()};
}

void kernel_part(const Plan& p, const FewChannelsLoops& loops, int part, const KernelArgs& a) {
  float *memory = p.part(a.workspace, part), *sums = p.sums(a.workspace, part);
  p.clear(memory);
  std::memset(sums, 0, p.sum_bytes);
  for (std::int64_t n = p.split.begin(part); n < p.split.begin(part + 1); ++n)
    loops.kernel_grad(p.image, p.window(a.in<float>(0), n, memory),
                      a.in<float>(1) + n * p.s.pixels_out() * p.s.filters, sums);
}

PreparedKernel prepare_kernel_grad(const KernelRequest& r, std::string& why_not) {
  Plan p(r);
  if (!accepts(r, p.s, why_not)) return {};
  p.sum_bytes = Plan::aligned(p.kernel_floats());
  return {.run =
              [p, &loops = few_channels_loops()](const KernelArgs& a) {
                parallel_for(p.split.parts, 1, [&](std::int64_t begin, std::int64_t end) {
                  for (std::int64_t i = begin; i < end; ++i)
                    kernel_part(p, loops, static_cast<int>(i), a);
                });
                float* out = a.out<float>(0);
                std::memcpy(out, p.sums(a.workspace, 0),
                            static_cast<std::size_t>(p.kernel_floats()) * sizeof(float));
                for (int i = 1; i < p.split.parts; ++i) {
                  const float* more = p.sums(a.workspace, i);
                  for (std::int64_t j = 0; j < p.kernel_floats(); ++j) out[j] += more[j];
                }
              },
          .workspace_bytes = static_cast<std::size_t>(p.split.parts) * p.part_bytes()};
}

PreparedKernel prepare_input_grad(const KernelRequest& r, std::string& why_not) {
  const ConvShape s(r);
  if (!accepts(r, s, why_not)) return {};
  const FewChannelsInput image = {s.in[1],       s.in[2],       s.channels,  s.out[1],
                                  s.out[2],      s.filters,     s.window[1], s.window[2],
                                  s.dilation[1], s.dilation[2], s.before[1], s.before[2]};
  const BatchSplit split(s.batch, s.work());
  const auto input_grad = few_channels_loops().input_grad;
  return {.run = [=](const KernelArgs& a) {
    parallel_for(split.parts, 1, [&](std::int64_t begin, std::int64_t end) {
      const std::int64_t last = split.begin(static_cast<int>(end));
      for (std::int64_t n = split.begin(static_cast<int>(begin)); n < last; ++n)
        input_grad(image, a.in<float>(0) + n * s.pixels_out() * s.filters, a.in<float>(1),
                   a.out<float>(0) + n * s.pixels_in() * s.channels);
    });
  }};
}

}  // namespace

const char* not_few_channels(const KernelRequest& r, const ConvShape& s) {
  constexpr std::int64_t most_channels = 4;
  if (s.empty()) return "nothing to compute";
  if (s.groups > 1 || s.channels > most_channels) return "more than 4 channels, or groups";
  if (s.rank > 2) return "3-D";
  const bool backward = r.op.name == "conv_input_grad";
  if (backward && (s.stride[1] > 1 || s.stride[2] > 1)) return "strides";
  if (!backward && s.dilation[2] > 1 && s.window[2] > 1) return "dilated along a row";
  if (s.before[1] < 0 || s.before[2] < 0) return "negative padding";
  if (s.filters % few_channels_loops().lanes != 0) return "filters that are no whole vectors";
  return "";
}

bool few_channels_beat_onednn(const KernelRequest& r, const ConvShape& s) {
  if (!(r.inputs[0].dtype == DType::float32) || *not_few_channels(r, s) != '\0') return false;
  const bool avx512 = isa() == Isa::v4;
  if (r.op.name == "conv_input_grad") return true;
  if (r.op.name == "conv_kernel_grad") return avx512 || s.channels <= 2;
  return avx512 && s.channels <= 2;
}

}  // namespace weft::cpu

namespace weft::registration {
void cpu_conv_few_channels(KernelTable& table) {
  table.add("conv", {.name = "few_channels", .prepare = cpu::prepare_forward});
  table.add("conv_input_grad", {.name = "few_channels", .prepare = cpu::prepare_input_grad});
  table.add("conv_kernel_grad", {.name = "few_channels", .prepare = cpu::prepare_kernel_grad});
}
}  // namespace weft::registration
