// sgd_update, rmsprop_update, adam_update: a step of an optimizer over all variables of a dtype,
// one pass over memory instead of a dozen. With n variables and s slots to each:
//
//   inputs   the rate (a number; of adam alpha), n variables, n gradients, then n of each slot
//   outputs  n new variables, then n of each new slot, in the order of the inputs
//
//   sgd_update      {momentum, nesterov}; a slot "momentum" unless momentum is 0
//     v = momentum v - rate g
//     w = w + v
//     nesterov:          w = w + momentum v - rate g
//     without momentum:  w = w - rate g
//
//   rmsprop_update  {rho, momentum, epsilon, centered}; slots "velocity",
//                   "momentum" unless it is 0, "average gradient" where centered
//     v = rho v + (1 - rho) g^2,  d = v
//     centered:          a = rho a + (1 - rho) g,  d = v - a^2
//     step = rate g / sqrt(d + epsilon)
//     with momentum:     m = momentum m + step,  step = m
//     w = w - step
//
//   adam_update     {beta_1, beta_2, epsilon, amsgrad}; slots "momentum",
//                   "velocity", "velocity_hat" where amsgrad
//     m = m + (g - m) (1 - beta_1)
//     v = v + (g^2 - v) (1 - beta_2)
//     amsgrad:           h = max(h, v),  v = h
//     w = w - m alpha / (sqrt(v) + epsilon)
//
// They run in place, so that each result is computed right into its variable's memory.
#include "core/ops/optimizer_updates.hpp"

#include "core/ops/checks.hpp"

namespace weft {
namespace {

using ops::Specs;

Specs infer(std::string_view op, const Specs& inputs, std::size_t slots) {
  const std::size_t lists = slots + 2;
  if (inputs.size() <= lists || (inputs.size() - 1) % lists != 0) {
    ops::fail<GraphError>(op, "wrong number of inputs",
                          fmt::format("a rate, and {} for each variable", lists),
                          fmt::format("{}", inputs.size()));
  }
  const std::size_t n = (inputs.size() - 1) / lists;
  const DType dtype = inputs[0].dtype;
  if (!dtype.is_floating())
    ops::fail<DtypeError>(op, "the rate is not floating", "a floating dtype", dtype.name());
  if (inputs[0].shape.rank() != 0)
    ops::fail(op, "the rate is no number", "()", inputs[0].shape.to_string());
  Specs out;
  for (std::size_t list = 0; list < lists; ++list) {
    for (std::size_t i = 0; i < n; ++i) {
      const TensorSpec& in = inputs[1 + list * n + i];
      const TensorSpec& variable = inputs[1 + i];
      if (!(in.dtype == dtype))
        ops::fail<DtypeError>(op, "the dtypes do not fit", dtype.name(), in.dtype.name());
      if (!(in.shape == variable.shape)) {
        ops::fail(op, fmt::format("input {} has not the shape of its variable", 1 + list * n + i),
                  variable.shape.to_string(), in.shape.to_string());
      }
      if (list != 1) out.push_back(in);
    }
  }
  return out;
}

}  // namespace

namespace detail {

std::size_t sgd_slots(const Config& a) { return a.get<double>("momentum") != 0 ? 1 : 0; }
std::size_t rmsprop_slots(const Config& a) {
  return 1 + (a.get<double>("momentum") > 0 ? 1 : 0) + (a.get<bool>("centered") ? 1 : 0);
}
std::size_t adam_slots(const Config& a) { return a.get<bool>("amsgrad") ? 3 : 2; }

}  // namespace detail

namespace registration {

void op_optimizer_updates() {
  register_op(
      {.name = "sgd_update",
       .infer = [](const Specs& in,
                   const Config& a) { return infer("sgd_update", in, detail::sgd_slots(a)); },
       .traits = {.in_place = true}});
  register_op({.name = "rmsprop_update",
               .infer =
                   [](const Specs& in, const Config& a) {
                     return infer("rmsprop_update", in, detail::rmsprop_slots(a));
                   },
               .traits = {.in_place = true}});
  register_op(
      {.name = "adam_update",
       .infer = [](const Specs& in,
                   const Config& a) { return infer("adam_update", in, detail::adam_slots(a)); },
       .traits = {.in_place = true}});
}

}  // namespace registration
}  // namespace weft
