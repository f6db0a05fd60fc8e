#include "training/fused_update.hpp"

#include <weft/ops.h>

namespace weft::detail {

void fused_update_of_one_dtype(std::string_view op, const Config& attrs,
                               const std::vector<Tensor>& gradients,
                               const std::vector<Variable>& variables,
                               const std::vector<SlotsOf>& slots, const Tensor& rate) {
  const std::size_t n = variables.size(), slot_count = slots[0].size();
  std::vector<Tensor> inputs = {rate};
  std::vector<Variable> written = variables;
  for (const Variable& v : variables) inputs.emplace_back(v);
  for (std::size_t i = 0; i < n; ++i) {
    const Shape shape = variables[i].shape();
    inputs.push_back(gradients[i].shape() == shape ? gradients[i]
                                                   : ops::broadcast_to(gradients[i], shape));
  }
  for (std::size_t s = 0; s < slot_count; ++s) {
    for (std::size_t i = 0; i < n; ++i) {
      inputs.emplace_back(slots[i][s]);
      written.push_back(slots[i][s]);
    }
  }
  const std::vector<Tensor> results = apply(find_op(op), inputs, attrs);
  for (std::size_t i = 0; i < written.size(); ++i) written[i].assign(results[i]);
}

}  // namespace weft::detail
