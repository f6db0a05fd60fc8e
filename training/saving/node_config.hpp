// One call of a layer or op as config.json writes it: {"args": [...], "kwargs": {...}}.
#pragma once
#include <weft/core/config.h>

#include <functional>
#include <string>

#include "graph/functional/layer_graph.hpp"
#include "graph/functional/node.hpp"

namespace weft::detail {

/// The entry of `inbound_nodes` for a node of `graph`. Node indices count only the graph's own
/// nodes.
Config node_config(const Node& node, const LayerGraph& graph);
/// ["dense", 0, 0]: the place of a tensor. `nested_offset`: Keras counts the calls of a nested
/// functional model from 1 in input_layers and output_layers.
ConfigValue tensor_place(const Tensor& tensor, const LayerGraph& graph, bool nested_offset);

/// Where a tensor of a file comes from.
struct PlaceInFile {
  std::string operation;
  int node = 0, tensor = 0;
};
PlaceInFile place_in_file(const ConfigValue& place);
/// Finds tensors that exist already; null for those that do not yet.
using TensorLookup = std::function<Tensor(const PlaceInFile&)>;

/// The arguments as tensors; a null result means that some tensor does not exist yet.
std::optional<Tensors> revive_tensors(const ConfigValue& argument, const TensorLookup& lookup);
/// The call of a layer of a file; none when some tensor does not exist yet. Throws Error for an
/// argument that holds tensors and is not known.
struct LayerCall {
  Tensors inputs;
  CallOptions options;
};
std::optional<LayerCall> revive_call(const Layer& layer, const std::vector<ConfigValue>& args,
                                     const Config& kwargs, const TensorLookup& lookup);
/// Whether a value holds a tensor somewhere.
bool holds_tensor(const ConfigValue& value);

/// An op node: applied to the arguments of a file. None when some tensor does not exist yet. Throws
/// Error for an op that weft does not have.
std::optional<std::vector<Tensor>> revive_op(const Config& object,
                                             const std::vector<ConfigValue>& args,
                                             const Config& kwargs, const TensorLookup& lookup,
                                             const std::string& name);
/// The arguments of an op node as Keras's op takes them: tensors, constants, and for GetItem the
/// slices.
ConfigValue op_arguments(const Node& node, const std::vector<ConfigValue>& tensors);
/// The config of an op node under Keras's keys.
Config op_config(const Operation& op);

}  // namespace weft::detail
