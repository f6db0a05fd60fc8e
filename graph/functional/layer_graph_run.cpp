// Running a LayerGraph on other tensors. Matching of inputs after keras/src/models/functional.py,
// _standardize_inputs and _adjust_input_rank.
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <algorithm>

#include "graph/functional/call.hpp"
#include "graph/functional/input_layer.hpp"
#include "graph/functional/input_spec.hpp"
#include "graph/functional/layer_graph.hpp"
#include "graph/functional/op_node.hpp"

namespace weft::detail {
namespace {

std::string model_name() {
  const CallFrame* frame = current_call();
  return frame != nullptr ? frame->layer->name() : std::string("functional");
}

// The values of slots, and the constants of the node where there is none.
Tensors filled(const Tensors& structure, const std::vector<int>& slots,
               const std::vector<Tensor>& values) {
  std::vector<Tensor> flat = structure.flat();
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i] >= 0) flat[i] = values[static_cast<std::size_t>(slots[i])];
  }
  return structure.with(flat);
}

Masks filled(const Masks& masks, const std::vector<int>& slots, const std::vector<Tensor>& values) {
  std::vector<std::optional<Tensor>> list = mask_list(masks);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i] >= 0) list[i] = values[static_cast<std::size_t>(slots[i])];
  }
  return list.empty() ? Masks() : Masks(list);
}

}  // namespace

// The inputs in flattened order. A dict is matched by the keys that the model was given, or by the
// names of its Inputs.
std::vector<Tensor> LayerGraph::match_inputs(const Tensors& inputs) const {
  const std::vector<InputSpec> specs = input_specs();
  std::vector<Tensor> flat = order_inputs(specs, inputs);
  if (flat.size() == flat_inputs_.size()) return flat;
  std::vector<Tensor> none;
  check_input_specs(specs, flat.empty() ? Tensors(none) : Tensors(flat),
                    model_name());  // throws for the number
  return flat;
}

Tensor LayerGraph::adjust_input(std::size_t i, const Tensor& given) const {
  const Tensor& wanted = flat_inputs_[i];
  const Shape have = given.shape(), want = wanted.shape();
  const std::optional<Tensor> mask = keras_mask(given);
  Tensor x = given.dtype() == wanted.dtype() ? given : given.astype(wanted.dtype());
  if (have.rank() == want.rank() + 1 && have[-1] == 1) {
    x = x.reshape(Shape(std::vector<Dim>(have.begin(), have.end() - 1)));
  } else if (have.rank() == want.rank() - 1 && want[-1] == 1) {
    Shape longer = have;
    longer.push_back(1);
    x = x.reshape(longer);
  } else if (have.rank() != want.rank()) {
    throw ShapeError("Invalid input shape for input " + std::to_string(i) + " with name '" +
                     impl(wanted).name + "' of layer '" + model_name() + "'. Expected shape " +
                     want.to_string() + ", but input has incompatible shape " + have.to_string());
  }
  return mask && !keras_mask(x) ? with_keras_mask(x, mask) : x;
}

std::vector<Tensor> LayerGraph::take_inputs(const Tensors& inputs) const {
  std::vector<Tensor> flat = match_inputs(inputs);
  check_input_specs(input_specs(), Tensors(flat), model_name());
  for (std::size_t i = 0; i < flat.size(); ++i) {
    if (flat[i]) flat[i] = adjust_input(i, flat[i]);
  }
  return flat;
}

Tensors LayerGraph::run(const Tensors& inputs, const CallContext& context) const {
  const GraphRunScope scope;
  std::vector<Tensor> values(static_cast<std::size_t>(slots_));
  const std::vector<Tensor> taken = take_inputs(inputs);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    const std::optional<Tensor> mask = context.mask[static_cast<int>(i)];
    values[static_cast<std::size_t>(input_slots_[i])] =
        mask && *mask && taken[i] ? with_keras_mask(taken[i], mask) : taken[i];
  }
  const std::optional<bool> training = inherited_training();
  for (const Step& step : program_) {
    const Tensors args = filled(step.node->args(), step.args, values);
    std::vector<Tensor> results;
    if (const auto* op = dynamic_cast<const OpNode*>(step.node->operation().get())) {
      results = op->run(args.flat());
    } else {
      CallOptions options = step.node->options();
      if (training) options.training = training;
      options.mask = filled(options.mask, step.masks, values);
      options.initial_state = filled(options.initial_state, step.states, values);
      for (std::size_t i = 0; i < step.tensors.size(); ++i) {
        if (step.tensors[i] >= 0)
          options.*call_tensors<CallOptions>[i].place =
              values[static_cast<std::size_t>(step.tensors[i])];
      }
      results = call_layer(static_cast<Layer&>(*step.node->operation()), args, options).flat();
    }
    if (results.size() != step.outputs.size()) {
      throw GraphError("The operation '" + step.node->operation()->name() + "' returned " +
                       std::to_string(results.size()) + " tensors. Expected: " +
                       std::to_string(step.outputs.size()) + ", as when the graph was built.");
    }
    for (std::size_t i = 0; i < results.size(); ++i)
      values[static_cast<std::size_t>(step.outputs[i])] = results[i];
    for (const int s : step.dead) values[static_cast<std::size_t>(s)] = Tensor();
  }
  std::vector<Tensor> out;
  for (const int s : output_slots_) out.push_back(values[static_cast<std::size_t>(s)]);
  return outputs_.with(out);
}

}  // namespace weft::detail
