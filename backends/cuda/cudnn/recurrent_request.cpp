#include "backends/cuda/cudnn/recurrent_request.hpp"

#include <algorithm>
#include <limits>

namespace weft::cuda::cudnn {
namespace {

using kernels::RecurrentShape;

/// Why cuDNN is not for the cell; "" when it is.
std::string not_for_cell(const weft::detail::CellKind& kind, const RecurrentShape& s) {
  if (s.activation != GateActivation::tanh || s.recurrent_activation != GateActivation::sigmoid)
    return "its cells have tanh and sigmoid only";
  if (!s.bias) return "its cells have a bias";
  if (&kind == &weft::detail::gru_cell && !s.reset_after)
    return "its GRU resets after the product (reset_after=true)";
  return {};
}

std::string not_for_inputs(const RecurrentShape& s) {
  if (s.in.mask >= 0)
    return "a mask lies on the device, and it wants lengths on the host: each step would wait";
  if (s.in.input_dropout >= 0 || s.in.recurrent_dropout >= 0)
    return "it has no dropout for each gate";
  return {};
}

std::string not_for_sizes(const weft::detail::CellKind& kind, const RecurrentShape& s) {
  if (std::min({s.n, s.t, s.i, s.h}) == 0) return "nothing to compute";
  if (s.t > RecurrentDescription::most_steps) return "more than 65535 steps";
  // Of sizes, and of strides: those of the states and of the weights.
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  const bool fits = s.n <= most / s.h && kind.gates * s.h <= most / std::max(s.i, s.h);
  return fits ? "" : "sizes that do not fit into 32 bits";
}

}  // namespace

const weft::detail::CellKind& kind_of(const KernelRequest& r) {
  const bool is_lstm =
      r.op.name == weft::detail::lstm_cell.op || r.op.name == weft::detail::lstm_cell.grad_op;
  return is_lstm ? weft::detail::lstm_cell : weft::detail::gru_cell;
}

std::optional<RecurrentDescription> describe(const KernelRequest& request, const RecurrentShape& s,
                                             std::string& why_not) {
  const weft::detail::CellKind& kind = kind_of(request);
  why_not = not_for_cell(kind, s);
  if (why_not.empty()) why_not = not_for_inputs(s);
  if (why_not.empty()) why_not = not_for_sizes(kind, s);
  if (why_not.empty() && s.deterministic)
    why_not = "it does not promise the same bits, which set_deterministic(true) asks for";
  if (!why_not.empty()) return std::nullopt;
  return RecurrentDescription{
      .cell = &kind == &weft::detail::lstm_cell ? RecurrentCell::lstm : RecurrentCell::gru,
      .dtype = request.inputs[0].dtype,
      .batch = s.n,
      .steps = s.t,
      .inputs = s.i,
      .units = s.h,
      .tf32 = s.tf32};
}

}  // namespace weft::cuda::cudnn
