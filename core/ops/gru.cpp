#include <weft/core/ops/gru.h>

#include "core/recurrent.hpp"

namespace weft {
namespace {

using Specs = std::vector<TensorSpec>;
constexpr const detail::CellKind& cell = detail::gru_cell;

Specs infer(const Specs& inputs, const Config& attrs) {
  return detail::infer_recurrent(cell, inputs, attrs);
}
Specs infer_grad(const Specs& inputs, const Config& attrs) {
  return detail::infer_recurrent_grad(cell, inputs, attrs);
}
std::vector<Tensor> grad(const GradArgs& args) { return detail::recurrent_grad(cell, args); }
std::vector<Tensor> grad_of_grad(const GradArgs&) { ops::no_second_order("gru"); }

}  // namespace

namespace ops {

std::vector<Tensor> gru(const Tensor& x, const Tensor& h, const Tensor& kernel,
                        const Tensor& recurrent_kernel, const Tensor& bias, const GruOptions& o) {
  std::vector<Tensor> out = detail::apply_recurrent(
      cell, {x, h, kernel, recurrent_kernel}, {bias, o.mask, o.input_dropout, o.recurrent_dropout},
      {{"activation", o.activation},
       {"recurrent_activation", o.recurrent_activation},
       {"reset_after", o.reset_after},
       {"return_sequences", o.return_sequences},
       {"go_backwards", o.go_backwards},
       {"zero_output_for_mask", o.zero_output_for_mask}});
  out.resize(2);  // the reserve is between the op and its gradient
  return out;
}

}  // namespace ops

namespace registration {

void op_gru() {
  register_op({.name = "gru", .infer = infer, .grad = grad});
  register_op({.name = "gru_grad", .infer = infer_grad, .grad = grad_of_grad});
}

}  // namespace registration
}  // namespace weft
