// Ops by the names that Keras's files give them.
#pragma once
#include <weft/core/op.h>

namespace weft::detail {

/// "GetItem" -> the op "slice"; null when there is none.
const OpDef* find_op_by_keras_class(std::string_view keras_class);

}  // namespace weft::detail
