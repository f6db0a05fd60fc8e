// The model behind Sequential: a stack of layers, run as a graph once its input is known.
#pragma once
#include <weft/training/model_layer.h>

#include <optional>

#include "graph/functional/layer_graph.hpp"

namespace weft::detail {

class SequentialLayer final : public ModelLayer {
 public:
  explicit SequentialLayer(LayerOptions options);
  /// Throws GraphError when the name occurs twice, or the layer has several inputs or outputs.
  void add(const AnyLayer& layer);
  void pop();
  /// Without the InputLayer.
  const std::vector<AnyLayer>& stack() const { return stack_; }
  /// Empty until the input is known.
  const std::optional<LayerGraph>& graph() const { return graph_; }
  Config get_config() const override;
  Config get_build_config() const override;
  Masks compute_mask(const Tensors&, const Masks&) override { return {}; }

 private:
  std::string_view registered_name_() const override { return "Sequential"; }
  void run_build(const std::vector<Shape>& shapes) override;
  Tensors run_call(const Tensors& inputs, const CallContext& context) override;
  void check_name(const AnyLayer& layer) const;
  void start(const AnyLayer& first);
  void append(const AnyLayer& layer);
  void rebuild();
  void update_children();

  AnyLayer input_;  // the InputLayer, when the user gave one or the first layer knows its input
  std::vector<AnyLayer> stack_;
  Tensor first_, last_;  // of the functional graph; null until the input is known
  std::optional<LayerGraph> graph_;
};

}  // namespace weft::detail
