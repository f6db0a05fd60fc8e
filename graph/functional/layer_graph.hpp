// LayerGraph: the layers and ops between some functional tensors and others, and how they are run
// on other tensors. Keras's Function.
#pragma once
#include <weft/graph/functional/layer.h>

#include "graph/functional/graph_map.hpp"

namespace weft::detail {

class LayerGraph {
 public:
  LayerGraph() = default;
  /// Maps and checks the graph. Inputs that no Input made get one of their own, `<tensor>CLONE`,
  /// and the nodes behind them are copied. Throws GraphError in Keras's words: no inputs or
  /// outputs, a tensor that is not functional, an output that does not depend on the inputs, two
  /// operations of one name.
  LayerGraph(const Tensors& inputs, const Tensors& outputs);

  /// As the user gave them (one tensor, a list, a dict), and flattened.
  const Tensors& inputs() const { return inputs_; }
  const Tensors& outputs() const { return outputs_; }
  const std::vector<Tensor>& flat_inputs() const { return flat_inputs_; }
  const std::vector<Tensor>& flat_outputs() const { return flat_outputs_; }

  /// Layers and ops in Keras's order.
  const std::vector<std::shared_ptr<Operation>>& operations() const { return map_.operations; }
  /// Those that are layers.
  std::vector<AnyLayer> layers() const;
  /// Deepest first, in the order of execution.
  const std::vector<std::vector<std::shared_ptr<Node>>>& nodes_by_depth() const {
    return map_.nodes_by_depth;
  }
  /// An operation's nodes that belong to this graph, by index.
  std::vector<std::shared_ptr<Node>> nodes_of(const Operation& op) const;
  bool contains(const Node& node) const;
  /// The names of the operations that make the outputs, of the InputLayers.
  std::vector<std::string> output_names() const;
  std::vector<std::string> input_names() const;
  /// What the inputs must look like, in flattened order (of a dict: sorted keys, which are the
  /// names): the batch is None.
  std::vector<InputSpec> input_specs() const;
  /// Whether summary() shows three columns: one node per depth, at most one tensor into each, no
  /// operation twice.
  bool is_sequential_like() const;

  /// Computes the outputs, in the structure they were given in, for other inputs: concrete, traced
  /// or functional ones. Inputs come as the tensor, a list, or a dict by key or name of the Input;
  /// they are cast to the Input's dtype, and a last dimension 1 may be missing or too many.
  /// `context.mask` has a mask for each. A `training` that the running call was given or inherited
  /// wins over what the layers' calls were recorded with.
  Tensors run(const Tensors& inputs, const CallContext& context = {}) const;

  /// The graph with other operations in the place of its own (null: the same one), on new Inputs of
  /// the same shapes and names.
  LayerGraph clone(
      const Fn<std::shared_ptr<Operation>(const std::shared_ptr<Operation>&)>& replace) const;

 private:
  // One call of a program: `args` and the like are slots of values, or -1 with a constant in the
  // node's arguments.
  struct Step {
    std::shared_ptr<Node> node;
    std::vector<int> args, states, masks;
    std::vector<int> tensors;  // one for each of call_tensors
    std::vector<int> outputs;
    std::vector<int> dead;  // slots that nobody needs after this step
  };
  void make_program();
  std::vector<Tensor> take_inputs(const Tensors& inputs) const;
  std::vector<Tensor> match_inputs(const Tensors& inputs) const;
  Tensor adjust_input(std::size_t i, const Tensor& given) const;

  Tensors inputs_, outputs_;
  std::vector<Tensor> flat_inputs_, flat_outputs_;
  GraphMap map_;
  std::vector<Step> program_;
  std::vector<int> input_slots_, output_slots_;
  int slots_ = 0;
};

/// Inputs and outputs of the same graph with Inputs in the place of tensors that no Input made; the
/// nodes between are copied.
std::pair<Tensors, Tensors> clone_nodes(const Tensors& inputs, const Tensors& outputs);

}  // namespace weft::detail
