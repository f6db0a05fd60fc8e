#include <weft/core/ops/lstm.h>

#include "core/recurrent.hpp"

namespace weft {
namespace {

using Specs = std::vector<TensorSpec>;
constexpr const detail::CellKind& cell = detail::lstm_cell;

Specs infer(const Specs& inputs, const Config& attrs) {
  return detail::infer_recurrent(cell, inputs, attrs);
}
Specs infer_grad(const Specs& inputs, const Config& attrs) {
  return detail::infer_recurrent_grad(cell, inputs, attrs);
}
std::vector<Tensor> grad(const GradArgs& args) { return detail::recurrent_grad(cell, args); }
std::vector<Tensor> grad_of_grad(const GradArgs&) { ops::no_second_order("lstm"); }

}  // namespace

namespace ops {

std::vector<Tensor> lstm(const Tensor& x, const Tensor& h, const Tensor& c, const Tensor& kernel,
                         const Tensor& recurrent_kernel, const Tensor& bias, const LstmOptions& o) {
  std::vector<Tensor> out =
      detail::apply_recurrent(cell, {x, h, c, kernel, recurrent_kernel},
                              {bias, o.mask, o.input_dropout, o.recurrent_dropout},
                              {{"activation", o.activation},
                               {"recurrent_activation", o.recurrent_activation},
                               {"return_sequences", o.return_sequences},
                               {"go_backwards", o.go_backwards},
                               {"zero_output_for_mask", o.zero_output_for_mask}});
  out.resize(3);  // the reserve is between the op and its gradient
  return out;
}

}  // namespace ops

namespace registration {

void op_lstm() {
  register_op({.name = "lstm", .infer = infer, .grad = grad});
  register_op({.name = "lstm_grad", .infer = infer_grad, .grad = grad_of_grad});
}

}  // namespace registration
}  // namespace weft
