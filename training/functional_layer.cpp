#include "training/functional_layer.hpp"

#include "graph/functional/layer_state.hpp"
#include "training/saving/model_config.hpp"

namespace weft::detail {

FunctionalLayer::FunctionalLayer(const Tensors& inputs, const Tensors& outputs,
                                 LayerOptions options)
    : ModelLayer(std::move(options), "Functional", "keras.src.models.functional"),
      graph_(inputs, outputs) {
  std::vector<Child> children;
  for (const AnyLayer& layer : graph_.layers()) children.push_back({layer->name(), layer});
  set_children_(std::move(children));
  LayerAccess::state(*this).built = true;
  set_input_spec(graph_.input_specs());
}

Config FunctionalLayer::get_config() const { return functional_config(*this); }

}  // namespace weft::detail
