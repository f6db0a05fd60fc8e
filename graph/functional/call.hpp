// Calling layers: Keras's order of checking, building, masking, calling and recording.
#pragma once
#include <weft/core/op.h>

#include "graph/functional/call_frame.hpp"

namespace weft::detail {

/// Calls a layer: cast inputs, check the input spec, build once, check again, resolve training,
/// collect masks, call, set output masks; on functional tensors `call` is traced for its shapes
/// only, and a node is recorded.
Tensors call_layer(Layer& layer, const Tensors& inputs, const CallOptions& options);

/// Makes the layer's weights for inputs of these shapes, if it has none yet: its `build`, and for a
/// layer without one a trace of its `call`, in which its sublayers are built.
void build_layer(Layer& layer, const std::vector<Shape>& shapes);

/// What a call on inputs like these would return; builds the layer. `inputs` and the result are in
/// flattened order.
std::vector<TensorSpec> compute_output_specs(Layer& layer, const std::vector<TensorSpec>& inputs);

/// "layer 'dense' (Dense)": for messages.
std::string describe(const Layer& layer);

}  // namespace weft::detail
