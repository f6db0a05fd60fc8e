#include "graph/functional/layer_graph.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <map>
#include <set>

#include "graph/functional/input_layer.hpp"
#include "graph/functional/input_spec.hpp"

namespace weft::detail {
namespace {

using Place = std::pair<const Node*, int>;

Place place_of(const Tensor& t) {
  const History& history = history_of(t);
  return {history.node.get(), history.tensor_index};
}

// What stands for a tensor's place in a structure: "" of one tensor, "0" of a list, the key of a
// dict.
std::string path_of(const Tensors& structure, int flat_index) {
  if (structure.is_single()) return {};
  if (!structure.is_dict()) return std::to_string(flat_index);
  std::vector<std::string> keys = structure.keys();
  std::sort(keys.begin(), keys.end());
  return keys[static_cast<std::size_t>(flat_index)];
}

void check_functional(const Tensors& tensors, const std::string& what) {
  if (tensors.size() == 0)
    throw GraphError("`" + what + "` argument cannot be empty. Expected: at least one tensor.");
  const std::vector<Tensor> flat = tensors.flat();
  for (std::size_t i = 0; i < flat.size(); ++i) {
    if (is_functional(flat[i])) continue;
    std::string received = "a null Tensor";
    if (flat[i]) received = "a tensor with data of shape " + flat[i].shape().to_string();
    throw GraphError(
        fmt::format("All `{0}` values must be KerasTensors: functional tensors, made by Input and "
                    "by calling layers on them. Received: {0}[{1}] is {2}.",
                    what, i, received));
  }
}

bool all_inputs(const std::vector<Tensor>& tensors) {
  return std::all_of(tensors.begin(), tensors.end(),
                     [](const Tensor& t) { return history_of(t).node->is_input(); });
}

}  // namespace

LayerGraph::LayerGraph(const Tensors& inputs, const Tensors& outputs)
    : inputs_(inputs), outputs_(outputs) {
  check_functional(inputs, "inputs");
  check_functional(outputs, "outputs");
  if (!all_inputs(inputs.flat())) std::tie(inputs_, outputs_) = clone_nodes(inputs, outputs);
  flat_inputs_ = inputs_.flat();
  flat_outputs_ = outputs_.flat();
  map_ = map_graph(flat_inputs_, flat_outputs_);
  make_program();
}

void LayerGraph::make_program() {
  std::map<Place, int> slot;
  const auto slot_of = [&](const Tensor& t) {
    if (!is_functional(t)) return -1;
    const auto found = slot.find(place_of(t));
    return found == slot.end() ? -2 : found->second;
  };
  for (const Tensor& t : flat_inputs_) {
    input_slots_.push_back(slots_);
    slot.emplace(place_of(t), slots_++);
  }
  for (const auto& node : map_.nodes) {
    if (node->is_input()) continue;
    const auto& needs = node->inputs();
    // A node that hangs on an Input which the model does not have is left out; an output that needs
    // it is refused below.
    if (std::any_of(needs.begin(), needs.end(), [&](const Tensor& t) { return slot_of(t) == -2; }))
      continue;
    Step step{.node = node,
              .args = {},
              .states = {},
              .masks = {},
              .tensors = {},
              .outputs = {},
              .dead = {}};
    for (const Tensor& t : node->args().flat()) step.args.push_back(slot_of(t));
    for (const Tensor& t : node->options().initial_state.flat()) step.states.push_back(slot_of(t));
    for (const auto& mask : mask_list(node->options().mask))
      step.masks.push_back(mask ? slot_of(*mask) : -1);
    for (const auto& field : call_tensors<CallOptions>)
      step.tensors.push_back(slot_of(node->options().*field.place));
    for (int i = 0; i < node->output_count(); ++i) {
      const auto [at, added] = slot.try_emplace(Place{node.get(), i}, slots_);
      if (added) ++slots_;
      step.outputs.push_back(at->second);
    }
    program_.push_back(std::move(step));
  }
  for (std::size_t i = 0; i < flat_outputs_.size(); ++i) {
    const int s = slot_of(flat_outputs_[i]);
    if (s < 0) {
      throw GraphError("Output with path `" + path_of(outputs_, static_cast<int>(i)) +
                       "` is not connected to `inputs`");
    }
    output_slots_.push_back(s);
  }
  std::set<int> needed(output_slots_.begin(), output_slots_.end());
  for (auto step = program_.rbegin(); step != program_.rend(); ++step) {
    for (const auto* list :
         {&step->args, &step->states, &step->masks, &step->tensors, &step->outputs}) {
      for (const int s : *list) {
        if (s >= 0 && needed.insert(s).second) step->dead.push_back(s);
      }
    }
  }
}

std::vector<AnyLayer> LayerGraph::layers() const {
  std::vector<AnyLayer> out;
  for (const auto& op : map_.operations) {
    if (auto layer = std::dynamic_pointer_cast<Layer>(op)) out.emplace_back(std::move(layer));
  }
  return out;
}

std::vector<std::shared_ptr<Node>> LayerGraph::nodes_of(const Operation& op) const {
  std::vector<std::shared_ptr<Node>> out;
  for (const auto& node : map_.nodes) {
    if (node->operation().get() == &op) out.push_back(node);
  }
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a->index() < b->index(); });
  return out;
}

bool LayerGraph::contains(const Node& node) const {
  return std::any_of(map_.nodes.begin(), map_.nodes.end(),
                     [&](const auto& n) { return n.get() == &node; });
}

static std::vector<std::string> names_of(const std::vector<Tensor>& tensors) {
  std::vector<std::string> out;
  for (const Tensor& t : tensors) out.push_back(history_of(t).node->operation()->name());
  return out;
}

std::vector<std::string> LayerGraph::output_names() const { return names_of(flat_outputs_); }
std::vector<std::string> LayerGraph::input_names() const { return names_of(flat_inputs_); }

std::vector<InputSpec> LayerGraph::input_specs() const {
  std::vector<InputSpec> specs;
  for (std::size_t i = 0; i < flat_inputs_.size(); ++i) {
    InputSpec spec;
    Shape shape = flat_inputs_[i].shape();
    if (shape.rank() > 0) shape.set(0, None);
    spec.shape = shape;
    spec.allow_last_axis_squeeze = true;
    const auto layer = input_layer_of(flat_inputs_[i]);
    spec.optional = layer != nullptr && layer->optional();
    spec.name = inputs_.is_dict() ? path_of(inputs_, static_cast<int>(i))
                                  : history_of(flat_inputs_[i]).node->operation()->name();
    specs.push_back(std::move(spec));
  }
  return specs;
}

bool LayerGraph::is_sequential_like() const {
  std::set<const Operation*> seen;
  for (const auto& nodes : map_.nodes_by_depth) {
    if (nodes.size() > 1 || nodes[0]->inputs().size() > 1) return false;
    const bool layer = dynamic_cast<const Layer*>(nodes[0]->operation().get()) != nullptr;
    if (layer && !seen.insert(nodes[0]->operation().get()).second) return false;
  }
  return true;
}

}  // namespace weft::detail
