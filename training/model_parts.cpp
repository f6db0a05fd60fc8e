#include "training/model_parts.hpp"

#include "core/default_backend.hpp"
#include "training/functional_layer.hpp"
#include "training/sequential_layer.hpp"

namespace weft::detail {

const LayerGraph* model_graph(const Layer& layer) {
  if (const auto* functional = dynamic_cast<const FunctionalLayer*>(&layer))
    return &functional->graph();
  if (const auto* sequential = dynamic_cast<const SequentialLayer*>(&layer)) {
    return sequential->graph() ? &*sequential->graph() : nullptr;
  }
  return nullptr;
}

bool is_functional_model(const Layer& layer) {
  return dynamic_cast<const FunctionalLayer*>(&layer) != nullptr;
}
bool is_sequential_model(const Layer& layer) {
  return dynamic_cast<const SequentialLayer*>(&layer) != nullptr;
}

std::vector<AnyLayer> model_layers(const Layer& layer) {
  if (const auto* functional = dynamic_cast<const FunctionalLayer*>(&layer))
    return functional->graph().layers();
  if (const auto* sequential = dynamic_cast<const SequentialLayer*>(&layer))
    return sequential->stack();
  std::vector<AnyLayer> out;
  if (dynamic_cast<const ModelLayer*>(&layer) == nullptr) return out;
  for (const Layer::Child& child : layer.children()) out.push_back(child.layer);
  return out;
}

Backend& device_of(const Layer& model) { return backend_of(model.weights()); }

}  // namespace weft::detail
