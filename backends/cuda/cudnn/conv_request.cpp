#include "backends/cuda/cudnn/conv_request.hpp"

#include <fmt/core.h>
#include <weft/core/settings.h>

#include <algorithm>

#include "backends/shapes/conv_shape.hpp"

namespace weft::cuda::cudnn {
namespace {

using kernels::ConvShape;

ConvKind kind_of(const KernelRequest& r) {
  if (r.op.name == "conv_input_grad") return ConvKind::input_gradient;
  return r.op.name == "conv_kernel_grad" ? ConvKind::kernel_gradient : ConvKind::forward;
}

/// Why cuDNN is not for operands and results of these types; "" when it is.
std::string not_for_types(const KernelRequest& r) {
  const DType in = r.inputs[0].dtype, out = r.outputs[0].dtype;
  if (!in.is_floating()) return "not for dtype " + in.name();
  for (const TensorSpec& input : r.inputs) {
    if (!(input.dtype == in)) return "only for operands of one dtype";
  }
  if (!(in == out)) return fmt::format("cuDNN has no engine from {} to {}", in.name(), out.name());
  return {};
}

std::string not_for_shape(const ConvShape& s) {
  if (s.empty()) return "nothing to compute";
  if (s.groups > 1 && s.channels_per_group() == 1) return "depthwise: our own kernel is faster";
  return {};
}

/// Padding behind one dimension; cuDNN's, which is not negative: what is left over behind the last
/// window is less than a stride there. False where that cannot be.
bool pad(const ConvShape& s, int i, std::int64_t& before, std::int64_t& behind) {
  const std::int64_t reach = (s.window[i] - 1) * s.dilation[i] + 1,
                     wanted = (s.out[i] - 1) * s.stride[i] + reach - s.before[i] - s.in[i];
  before = s.before[i];
  behind = std::max<std::int64_t>(wanted, 0);
  return before >= 0 && -wanted < s.stride[i];
}

}  // namespace

std::optional<ConvDescription> describe(const KernelRequest& request, std::string& why_not) {
  why_not = not_for_types(request);
  if (!why_not.empty()) return std::nullopt;
  const ConvShape s(request);
  why_not = not_for_shape(s);
  if (!why_not.empty()) return std::nullopt;
  ConvDescription d{.kind = kind_of(request),
                    .operands = request.inputs[0].dtype,
                    .result = request.outputs[0].dtype,
                    .dims = std::max(s.rank, 2),  // one dimension is two, of which one has size 1
                    .batch = s.batch,
                    .channels = s.channels,
                    .filters = s.filters,
                    .groups = s.groups};
  for (int i = ConvShape::dims - d.dims; i < ConvShape::dims; ++i) {
    const auto to = static_cast<std::size_t>(i - (ConvShape::dims - d.dims));
    d.in[to] = s.in[i];
    d.out[to] = s.out[i];
    d.window[to] = s.window[i];
    d.stride[to] = s.stride[i];
    d.dilation[to] = s.dilation[i];
    if (!pad(s, i, d.before[to], d.behind[to])) {
      why_not = "padding that is negative in cuDNN's terms";
      return std::nullopt;
    }
  }
  return d;
}

ConvPolicy current_policy() {
  return {.tf32 = get_float32_matmul_precision() != "highest", .deterministic = deterministic()};
}

}  // namespace weft::cuda::cudnn
