// Copies of graphs: after keras/src/models/functional.py, clone_graph_nodes.
#include <weft/core/error.h>

#include <map>

#include "graph/functional/call.hpp"
#include "graph/functional/input_layer.hpp"
#include "graph/functional/layer_graph.hpp"
#include "graph/functional/op_node.hpp"

namespace weft::detail {
namespace {

using Place = std::pair<const Node*, int>;
using Mapping = std::map<Place, Tensor>;

Place place_of(const Tensor& t) {
  const History& history = history_of(t);
  return {history.node.get(), history.tensor_index};
}

Tensor mapped(const Mapping& mapping, const Tensor& t) {
  if (!is_functional(t)) return t;
  const auto found = mapping.find(place_of(t));
  return found == mapping.end() ? t : found->second;
}

Tensors mapped(const Mapping& mapping, const Tensors& structure) {
  std::vector<Tensor> flat = structure.flat();
  for (Tensor& t : flat) t = mapped(mapping, t);
  return structure.with(flat);
}

Masks mapped(const Mapping& mapping, const Masks& masks) {
  std::vector<std::optional<Tensor>> list = mask_list(masks);
  for (auto& mask : list) {
    if (mask) mask = mapped(mapping, *mask);
  }
  return list.empty() ? Masks() : Masks(list);
}

CallOptions mapped(const Mapping& mapping, const CallOptions& options) {
  CallOptions out = options;
  out.mask = mapped(mapping, options.mask);
  out.initial_state = mapped(mapping, options.initial_state);
  for (const auto& field : call_tensors<CallOptions>)
    out.*field.place = mapped(mapping, options.*field.place);
  return out;
}

void copy_node(Mapping& mapping, const Node& node) {
  std::vector<TensorSpec> specs;
  std::vector<std::string> names;
  for (int i = 0; i < node.output_count(); ++i) {
    specs.push_back(node.output_spec(i));
    names.push_back(node.output_name(i) + "_clone");
  }
  const auto copy = Node::record(node.operation(), mapped(mapping, node.args()),
                                 mapped(mapping, node.options()), specs, node.outputs(), names);
  for (int i = 0; i < node.output_count(); ++i) {
    if (const auto mask = keras_mask(node.output(i)))
      copy->set_output_mask(i, mapped(mapping, *mask));
    mapping[{&node, i}] = copy->output(i);
  }
}

}  // namespace

std::pair<Tensors, Tensors> clone_nodes(const Tensors& inputs, const Tensors& outputs) {
  const std::vector<Tensor> flat = inputs.flat();
  const auto nodes = nodes_between(flat, outputs.flat());
  Mapping mapping;
  for (const Tensor& t : flat) {
    const bool is_input = history_of(t).node->is_input();
    mapping[place_of(t)] =
        is_input ? t : InputLayer::make(t.shape(), t.dtype(), false, impl(t).name + "CLONE");
  }
  for (const auto& node : nodes) {
    if (!node->is_input()) copy_node(mapping, *node);
  }
  return {mapped(mapping, inputs), mapped(mapping, outputs)};
}

LayerGraph LayerGraph::clone(
    const Fn<std::shared_ptr<Operation>(const std::shared_ptr<Operation>&)>& replace) const {
  Mapping mapping;
  for (const Tensor& t : flat_inputs_) {
    const auto layer = input_layer_of(t);
    mapping[place_of(t)] =
        InputLayer::make(t.shape(), t.dtype(), layer != nullptr && layer->optional(),
                         history_of(t).node->operation()->name());
  }
  std::map<const Operation*, std::shared_ptr<Operation>> made;
  for (const Step& step : program_) {
    const std::shared_ptr<Operation>& old = step.node->operation();
    const auto [at, first] = made.try_emplace(old.get(), nullptr);
    if (first) at->second = replace(old);
    const std::shared_ptr<Operation> op = at->second ? at->second : old;
    const Tensors args = mapped(mapping, step.node->args());
    std::vector<Tensor> results;
    if (const auto* op_node = dynamic_cast<const OpNode*>(op.get())) {
      results = apply_functional(op_node->op(), args.flat(), op_node->attrs(), op_node->name());
    } else {
      results =
          call_layer(static_cast<Layer&>(*op), args, mapped(mapping, step.node->options())).flat();
    }
    for (std::size_t i = 0; i < results.size(); ++i)
      mapping[{step.node.get(), static_cast<int>(i)}] = results[i];
  }
  return LayerGraph(mapped(mapping, inputs_), mapped(mapping, outputs_));
}

}  // namespace weft::detail
