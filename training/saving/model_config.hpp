// Models as Keras's config.json describes them, and back.
#pragma once
#include <weft/training/model.h>

namespace weft::detail {

class FunctionalLayer;
class SequentialLayer;
class LayerGraph;

/// {"name", "trainable", "layers", "input_layers", "output_layers"} of a functional model.
Config functional_config(const FunctionalLayer& model);
/// {"name", "trainable", "dtype", "layers", "build_input_shape"?} of a Sequential; `input` is its
/// InputLayer or null.
Config sequential_config(const SequentialLayer& model, const AnyLayer& input);

/// A model from its config as get_config returns it, or from the object around it. Throws Error in
/// Keras's words when a class is not known or the graph does not hang together.
Model model_from_config(const Config& config, const CustomObjects& custom_objects);

/// Makes Functional, Model and Sequential known as layers, so that nested models revive. Called
/// once, on first need.
void register_model_classes();

}  // namespace weft::detail
