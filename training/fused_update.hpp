// One op for the step of an optimizer over all variables (core/ops/optimizer_updates.cpp).
#pragma once
#include <weft/core/config.h>
#include <weft/core/variable.h>

#include <string_view>
#include <vector>

namespace weft::detail {

/// The slots of one variable, in the op's order.
using SlotsOf = std::vector<Variable>;

/// Applies `op` once per dtype among the variables and assigns what comes out. `rate` is the op's
/// first input in a dtype; `slots` are those of each variable.
template <class Rate>
void fused_update(std::string_view op, const Config& attrs, const std::vector<Tensor>& gradients,
                  const std::vector<Variable>& variables, const std::vector<SlotsOf>& slots,
                  Rate&& rate);

/// The same for the variables given, which are of one dtype.
void fused_update_of_one_dtype(std::string_view op, const Config& attrs,
                               const std::vector<Tensor>& gradients,
                               const std::vector<Variable>& variables,
                               const std::vector<SlotsOf>& slots, const Tensor& rate);

template <class Rate>
void fused_update(std::string_view op, const Config& attrs, const std::vector<Tensor>& gradients,
                  const std::vector<Variable>& variables, const std::vector<SlotsOf>& slots,
                  Rate&& rate) {
  std::vector<bool> done(variables.size(), false);
  for (std::size_t first = 0; first < variables.size(); ++first) {
    if (done[first]) continue;
    const DType dtype = variables[first].dtype();
    std::vector<Tensor> g;
    std::vector<Variable> w;
    std::vector<SlotsOf> s;
    for (std::size_t i = first; i < variables.size(); ++i) {
      if (!(variables[i].dtype() == dtype)) continue;
      done[i] = true;
      g.push_back(gradients[i]);
      w.push_back(variables[i]);
      s.push_back(slots[i]);
    }
    fused_update_of_one_dtype(op, attrs, g, w, s, rate(dtype));
  }
}

}  // namespace weft::detail
