// What the ops lstm and gru share: the places of their inputs, shapes, and the way from the forward
// op to the named op of its gradient.
#pragma once
#include <weft/core/op.h>

#include "core/functors/gate_activation.h"

namespace weft::detail {

/// A kind of cell. An op of it takes x [N, T, I], its states [N, H], kernel [I, gates H],
/// recurrent_kernel [H, gates H], and, where attributes say so, bias, mask [N, T], input_dropout
/// [gates, N, I] and recurrent_dropout [gates, N, H]. It returns the output ([N, T, H] or [N, H]),
/// the final states, and with the attribute `reserve` what the backward pass needs of each step,
/// [T, N, reserve_blocks H].
struct CellKind {
  const char* op;
  const char* grad_op;
  int gates, states, reserve_blocks;
};
inline constexpr CellKind lstm_cell{"lstm", "lstm_grad", 4, 2, 5};
inline constexpr CellKind gru_cell{"gru", "gru_grad", 3, 1, 5};

/// Where the inputs are; -1: there is none.
struct RecurrentInputs {
  RecurrentInputs(const CellKind& cell, const Config& attrs, bool gradient);
  int x = 0, state = 1, kernel, recurrent_kernel;
  int bias = -1, mask = -1, input_dropout = -1, recurrent_dropout = -1;
  // Of the gradient alone. The bias is no input of it.
  int reserve = -1, d_output = -1, d_state[2] = {-1, -1};
  int count = 0;
};

/// Shape of the bias: [gates H], or [2, gates H] for a gru with reset_after.
Shape bias_shape(const CellKind& cell, const Config& attrs, Dim units);

std::vector<TensorSpec> infer_recurrent(const CellKind& cell, const std::vector<TensorSpec>& inputs,
                                        const Config& attrs);
/// Gradients of x (unless the attribute x_grad is false), the states, kernel, recurrent_kernel and
/// bias.
std::vector<TensorSpec> infer_recurrent_grad(const CellKind& cell,
                                             const std::vector<TensorSpec>& inputs,
                                             const Config& attrs);
std::vector<Tensor> recurrent_grad(const CellKind& cell, const GradArgs& args);

/// The inputs that may be absent.
struct RecurrentExtras {
  Tensor bias = {}, mask = {}, input_dropout = {}, recurrent_dropout = {};
};
/// Applies the op; the reserve is asked for when a tape listens.
std::vector<Tensor> apply_recurrent(const CellKind& cell, std::vector<Tensor> inputs,
                                    const RecurrentExtras& extras, Config attrs);

/// By Keras's name; none: an activation that cells do not compute themselves.
std::optional<GateActivation> find_gate_activation(std::string_view name);
/// attrs[key]; throws Error naming the op and those that there are.
GateActivation gate_activation(const CellKind& cell, const Config& attrs, const char* key);

}  // namespace weft::detail
