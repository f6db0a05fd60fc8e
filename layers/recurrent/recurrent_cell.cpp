#include <fmt/core.h>
#include <weft/core/ops/concatenate.h>
#include <weft/core/ops/full.h>
#include <weft/core/ops/matmul.h>
#include <weft/core/ops/slice.h>

#include "layers/recurrent/recurrent_arguments.hpp"

namespace weft::layers {
namespace {

int checked_units(const char* keras_class, int units) {
  if (units > 0) return units;
  throw Error(fmt::format(
      "{}: Received an invalid value for argument `units`, expected a positive integer. Received: "
      "units={}",
      keras_class, units));
}

/// Columns of gates first..last-1 of a kernel.
Tensor gate_columns(const Tensor& kernel, std::int64_t units, int first, int last) {
  return kernel.slice({All, Slice{first * units, last * units}});
}

/// Gate `gate` of factors [gates, N, width], for x [N, ..., width].
Tensor gate_factors(const Tensor& dropout, int gate, const Tensor& x) {
  const Tensor one = dropout[gate];
  return x.shape().rank() == 3 ? one.reshape({one.shape()[0], 1, one.shape()[1]}) : one;
}

}  // namespace

RecurrentCell::RecurrentCell(LayerOptions options, const char* keras_class, int gates, int states,
                             int units, RecurrentArguments arguments)
    : Layer(std::move(options), keras_class),
      units_(checked_units(keras_class, units)),
      arguments_(std::move(arguments)),
      gates_(gates),
      states_(states),
      generator_(add_seed_generator(arguments_.seed)) {}

void RecurrentCell::build(const Shape& step_shape) {
  const RecurrentArguments& a = arguments_;
  const int columns = gates_ * units_;
  kernel_ = add_weight({.shape = {step_shape[-1], columns},
                        .initializer = a.kernel_initializer,
                        .regularizer = a.kernel_regularizer,
                        .constraint = a.kernel_constraint,
                        .name = "kernel"});
  recurrent_kernel_ = add_weight({.shape = {units_, columns},
                                  .initializer = a.recurrent_initializer,
                                  .regularizer = a.recurrent_regularizer,
                                  .constraint = a.recurrent_constraint,
                                  .name = "recurrent_kernel"});
  if (!a.use_bias) return;
  const Shape shape = a.reset_after ? Shape{2, columns} : Shape{columns};
  bias_ = add_weight({.shape = shape,
                      .initializer = a.bias_initializer,
                      .regularizer = a.bias_regularizer,
                      .constraint = a.bias_constraint,
                      .name = "bias"});
  if (!a.unit_forget_bias) return;
  // The forget gate begins open (Jozefowicz et al., 2015): its part of the bias is 1.
  const Tensor drawn = bias_.value();
  bias_.assign(ops::concatenate({drawn.slice({Slice{0, units_}}), ops::ones({units_}, dtype()),
                                 drawn.slice({Slice{2 * units_, 4 * units_}})},
                                0));
}

Tensors RecurrentCell::call(const Tensors& inputs) {
  const std::vector<Tensor> flat = inputs.flat();
  if (flat.size() != static_cast<std::size_t>(1 + states_)) {
    throw GraphError(
        fmt::format("{}: wrong number of inputs. Expected: x and {} states. Received: "
                    "{} tensors",
                    name(), states_, flat.size()));
  }
  const std::vector<Tensor> states =
      step({.projected = project(flat[0], Tensor()), .states = {flat.begin() + 1, flat.end()}});
  std::vector<Tensor> out = {states[0]};
  out.insert(out.end(), states.begin(), states.end());
  return out;
}

Tensor RecurrentCell::read(const Variable& weight) const {
  return weight ? weight.value().astype(compute_dtype()) : Tensor();
}

Tensor RecurrentCell::project(const Tensor& x, const Tensor& input_dropout) const {
  const Tensor w = read(kernel_);
  Tensor z;
  if (!input_dropout) {
    z = ops::matmul(x, w);
  } else {
    std::vector<Tensor> parts;
    for (int g = 0; g < gates_; ++g) {
      parts.push_back(
          ops::matmul(x * gate_factors(input_dropout, g, x), gate_columns(w, units_, g, g + 1)));
    }
    z = ops::concatenate(parts);
  }
  if (!bias_) return z;
  const Tensor b = read(bias_);
  return z + (arguments_.reset_after ? Tensor(b[0]) : b);
}

Tensor RecurrentCell::recur(const Tensor& state, const Tensor& dropout, int first, int last) const {
  const Tensor u = read(recurrent_kernel_);
  if (!dropout)
    return ops::matmul(state,
                       first == 0 && last == gates_ ? u : gate_columns(u, units_, first, last));
  std::vector<Tensor> parts;
  for (int g = first; g < last; ++g) {
    parts.push_back(
        ops::matmul(state * gate_factors(dropout, g, state), gate_columns(u, units_, g, g + 1)));
  }
  return ops::concatenate(parts);
}

}  // namespace weft::layers
