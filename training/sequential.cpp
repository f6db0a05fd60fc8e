#include <weft/core/error.h>
#include <weft/training/sequential.h>

#include "graph/functional/input_layer.hpp"
#include "training/sequential_layer.hpp"

namespace weft {
namespace {

detail::SequentialLayer& layer_of(const Model& model) {
  auto* layer = dynamic_cast<detail::SequentialLayer*>(model.base().get());
  if (layer == nullptr)
    throw GraphError("A null Sequential was used. Expected: a model, assigned before it is used.");
  return *layer;
}

std::shared_ptr<ModelLayer> make(ModelOptions options) {
  LayerOptions layer_options;
  layer_options.name = std::move(options.name);
  const AnyLayer made = AnyLayer::adopt(new detail::SequentialLayer(std::move(layer_options)));
  if (!options.trainable) made->set_trainable(false);
  return std::static_pointer_cast<ModelLayer>(made.base());
}

}  // namespace

LayerList::Item::Item(const Tensor& input)
    : layer(std::shared_ptr<Layer>(detail::input_layer_of(input))) {
  if (!layer) {
    throw GraphError("Sequential takes layers and Inputs. Received: a tensor of shape " +
                     input.shape().to_string() + " that no Input made.");
  }
}

LayerList::LayerList(std::initializer_list<Item> list) {
  std::vector<AnyLayer> layers;
  for (const Item& item : list) layers.push_back(item.layer);
  state = std::make_shared<std::vector<AnyLayer>>(std::move(layers));
}

LayerList::LayerList(const std::vector<AnyLayer>& list) {
  state = std::make_shared<std::vector<AnyLayer>>(list);
}

const std::vector<AnyLayer>& LayerList::layers() const {
  return *static_cast<const std::vector<AnyLayer>*>(state.get());
}

Sequential::Sequential(ModelOptions options) : Model(make(std::move(options))) {}

Sequential::Sequential(const LayerList& layers, ModelOptions options)
    : Sequential(std::move(options)) {
  for (const AnyLayer& layer : layers.layers()) layer_of(*this).add(layer);
}

void Sequential::add(const LayerList::Item& item) { layer_of(*this).add(item.layer); }
void Sequential::pop() { layer_of(*this).pop(); }

}  // namespace weft
