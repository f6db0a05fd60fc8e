// Checking inputs against InputSpecs, in Keras's words.
#pragma once
#include <weft/graph/functional/layer.h>

namespace weft::detail {

/// Throws GraphError (number, keys), ShapeError or DtypeError. No specs: anything goes.
void check_input_specs(const std::vector<InputSpec>& specs, const Tensors& inputs,
                       const std::string& layer_name);
/// The tensors of a dict in the order of the specs' names, when all have one; else flat(). Throws
/// for a missing key.
std::vector<Tensor> order_inputs(const std::vector<InputSpec>& specs, const Tensors& inputs);

}  // namespace weft::detail
