// The model behind Model(inputs, outputs): a graph of layers that is a layer itself.
#pragma once
#include <weft/training/model_layer.h>

#include "graph/functional/layer_graph.hpp"

namespace weft::detail {

class FunctionalLayer final : public ModelLayer {
 public:
  FunctionalLayer(const Tensors& inputs, const Tensors& outputs, LayerOptions options);
  const LayerGraph& graph() const { return graph_; }
  Config get_config() const override;
  Config get_build_config() const override { return {{"input_shape", nullptr}}; }
  /// The graph's layers set the masks of what they return.
  Masks compute_mask(const Tensors&, const Masks&) override { return {}; }

 private:
  std::string_view registered_name_() const override { return "Functional"; }
  void run_build(const std::vector<Shape>&) override {}
  Tensors run_call(const Tensors& inputs, const CallContext& context) override {
    return graph_.run(inputs, context);
  }
  LayerGraph graph_;
};

}  // namespace weft::detail
