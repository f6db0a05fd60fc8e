// The op "crossentropy_step", which a pass makes of sparse_softmax_crossentropy, its gradient and
// the accuracy's matches, so that the logits are read once. No user calls it.
//
//   inputs      labels [...] (any integer dtype), logits [..., C], and, for the gradient, dloss
//   [...] outputs     the loss [...]; with dloss the gradient [..., C]; with `matches` 1 or 0 per
//   label:
//               whether the label is argmax(logits), in the dtype of the logits
//   `matches`   bool, false when absent
//
// Its bits are those of the ops that it stands for.
#include "core/ops/checks.hpp"

namespace weft {
namespace {

std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs, const Config& attrs) {
  if (inputs.size() != 3) ops::check_inputs("crossentropy_step", inputs, 2);
  const TensorSpec rows =
      find_op("sparse_softmax_crossentropy").infer({inputs[0], inputs[1]}, {}).at(0);
  std::vector<TensorSpec> out = {rows};
  if (inputs.size() == 3) out.push_back(inputs[1]);
  if (attrs.get<bool>("matches", false)) out.push_back(rows);
  return out;
}

}  // namespace

namespace registration {
void op_crossentropy_step() {
  register_op({.name = "crossentropy_step", .infer = infer, .traits = {.refuses_data = true}});
}
}  // namespace registration
}  // namespace weft
