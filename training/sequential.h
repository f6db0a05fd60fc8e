// Sequential: a stack of layers.
#pragma once
#include <weft/training/model.h>

namespace weft {

/// What Sequential is made of.
class LayerList : detail::State {
 public:
  struct Item {
    Item(const AnyLayer& l) : layer(l) {}
    Item(const Model& m) : layer(m) {}
    Item(const Tensor& input);  // Input({784})
    AnyLayer layer;
  };
  LayerList(std::initializer_list<Item> list);
  LayerList(const std::vector<AnyLayer>& list);

 private:
  friend class Sequential;
  const std::vector<AnyLayer>& layers() const;
};

/// A model in which each layer follows the one before. Without an Input (or an input_shape of the
/// first layer) it is built at the first call. LayerList, not an initializer_list, so that with a
/// Sequential seq both Sequential{seq} and Sequential({seq}) are copies of the handle on both
/// compilers. To nest one alone: Sequential({seq}, {.name = "outer"}), or add(seq).
class Sequential : public Model {
 public:
  explicit Sequential(ModelOptions options = {});
  Sequential(const LayerList& layers, ModelOptions options = {});
  /// Throws GraphError when the name occurs twice, or the layer has several inputs or outputs.
  void add(const LayerList::Item& item);
  /// Removes the last layer.
  void pop();
};

}  // namespace weft
