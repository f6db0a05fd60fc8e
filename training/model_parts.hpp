// What a model is made of, whatever kind of model it is.
#pragma once
#include <weft/training/model_layer.h>

#include <vector>

namespace weft {
class Backend;
}

namespace weft::detail {

class LayerGraph;

/// The graph of a functional model, or of a Sequential whose input is known; else null.
const LayerGraph* model_graph(const Layer& layer);
bool is_functional_model(const Layer& layer);
bool is_sequential_model(const Layer& layer);
/// Keras's `model.layers`: of a Sequential without its InputLayer, of a subclassed model what it
/// tracks. Empty for a layer that is no model.
std::vector<AnyLayer> model_layers(const Layer& layer);
/// Where a model computes: where its weights are; of one without weights the default device.
Backend& device_of(const Layer& model);

}  // namespace weft::detail
