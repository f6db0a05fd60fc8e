// The gradient of x where x has few channels, such as a decoder's last convolution: oneDNN reaches
// 5 to 20 % of the machine's speed there.
#include "backends/cpu/simd/conv_few_channels.hpp"
#include "backends/cpu/conv_own.hpp"
#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

PreparedKernel prepare_input_grad(const KernelRequest& r, std::string& why_not) {
  const ConvShape s(r);
  if (!only_float32_product(r, why_not)) return {};
  why_not = not_few_channels(s);
  if (!why_not.empty()) return {};
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

const char* not_few_channels(const ConvShape& s) {
  constexpr std::int64_t most_channels = 4;
  if (s.empty()) return "nothing to compute";
  if (s.groups > 1 || s.channels > most_channels) return "more than 4 channels, or groups";
  if (s.rank > 2) return "3-D";
  if (s.stride[1] > 1 || s.stride[2] > 1) return "strides";
  if (s.before[1] < 0 || s.before[2] < 0) return "negative padding";
  if (s.filters % few_channels_loops().lanes != 0) return "filters that are no whole vectors";
  return "";
}

}  // namespace weft::cpu

namespace weft::registration {
void cpu_conv_few_channels(KernelTable& table) {
  table.add("conv_input_grad", {.name = "few_channels", .prepare = cpu::prepare_input_grad});
}
}  // namespace weft::registration
