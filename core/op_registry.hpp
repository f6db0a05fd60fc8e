// Ops by the names that Keras's files give them, and outputs that are made on demand.
#pragma once
#include <weft/core/op.h>

namespace weft::detail {

/// "GetItem" -> the op "slice"; null when there is none.
const OpDef* find_op_by_keras_class(std::string_view keras_class);

/// How many of an op's last outputs are made only where something uses them: a plan's node, and a
/// functional one, may lack them; a kernel's request then has fewer outputs. 0 for most ops.
int optional_outputs(const OpDef& op);
/// Said once of an op that is registered.
void set_optional_outputs(std::string_view op, int count);

}  // namespace weft::detail
