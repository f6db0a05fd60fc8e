// How dtypes of operands are made alike: JAX's lattice, which Keras uses, with weak scalars.
#pragma once
#include <weft/core/op.h>

#include <vector>

namespace weft::detail {

/// The common type of two strong types.
DType promote_types(DType a, DType b);
/// The common type of tensors; weak scalars only decide the kind (bool, integer, floating).
DType result_type(const std::vector<Tensor>& inputs);
/// The inputs cast as the op asks for.
std::vector<Tensor> promote(const OpDef& op, const std::vector<Tensor>& inputs);

}  // namespace weft::detail
