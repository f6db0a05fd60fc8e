// What the library knows of ops beside their OpDef: the names that Keras's files give them, whether
// they may refuse data, and outputs that are made on demand.
#pragma once
#include <weft/core/op.h>

namespace weft::detail {

/// "GetItem" -> the op "slice"; null when there is none.
const OpDef* find_op_by_keras_class(std::string_view keras_class);

/// Says that kernels of `op` throw when the numbers in their inputs are bad (an index out of
/// range). A plan commits no variable before the last of them has passed: a step that is refused
/// changes nothing. `gradient_of`: it cannot refuse indices that this op has let pass before.
void set_refuses_data(std::string_view op, std::string_view gradient_of = {});
struct Refusal {
  bool refuses = false;
  std::string_view gradient_of = {};
};
Refusal refusal_of(const OpDef& op);

/// How many of an op's last outputs are made only where something uses them: a plan's node, and a
/// functional one, may lack them; a kernel's request then has fewer outputs. 0 for most ops.
int optional_outputs(const OpDef& op);
/// Said once of an op that is registered.
void set_optional_outputs(std::string_view op, int count);

}  // namespace weft::detail
