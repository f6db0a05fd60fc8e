// Ops by the names that Keras's files give them, and ops that only graphs of layers have.
#pragma once
#include <weft/core/op.h>

namespace weft::detail {

/// "GetItem" -> the op "slice"; null when there is none.
const OpDef* find_op_by_keras_class(std::string_view keras_class);

/// How an op is made of others: it is one node of a graph of layers, and is never computed or
/// recorded itself.
using Lowering = std::vector<Tensor> (*)(const std::vector<Tensor>& inputs, const Config& attrs);
void register_lowering(const char* op, Lowering lowering);
/// Null for an op that has kernels.
Lowering find_lowering(const OpDef& op);

}  // namespace weft::detail
