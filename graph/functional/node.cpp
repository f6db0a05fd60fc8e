#include "graph/functional/node.hpp"

#include <weft/core/error.h>

#include <algorithm>
#include <utility>

#include "core/names.hpp"
#include "graph/functional/layer_state.hpp"

namespace weft::detail {

const std::vector<std::string>& arguments_of(const Operation& op) {
  static const std::vector<std::string> one;
  const auto* layer = dynamic_cast<const Layer*>(&op);
  return layer == nullptr ? one : LayerAccess::state(*layer).arguments;
}

namespace {

void append_functional(std::vector<Tensor>& to, const Tensor& t) {
  if (is_functional(t)) to.push_back(t);
}

using Keywords = std::vector<std::pair<std::string, Tensor>>;

// The tensors among a call's keywords, in the order in which Keras walks them: by name.
Keywords keyword_tensors(const Operation& operation, const CallOptions& options) {
  Keywords out;
  for (const Tensor& t : options.initial_state.flat()) out.emplace_back("initial_state", t);
  const std::vector<std::string>& arguments = arguments_of(operation);
  const auto masks = mask_list(options.mask);
  for (std::size_t i = 0; i < masks.size(); ++i) {
    if (!masks[i]) continue;
    out.emplace_back(i < arguments.size() ? arguments[i] + "_mask" : "mask", *masks[i]);
  }
  for (const auto& field : call_tensors<CallOptions>)
    out.emplace_back(field.name, options.*field.place);
  std::stable_sort(out.begin(), out.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  return out;
}

}  // namespace

std::shared_ptr<Node> Node::record(std::shared_ptr<Operation> operation, Tensors args,
                                   CallOptions options, const std::vector<TensorSpec>& outputs,
                                   const Tensors& skeleton, const std::vector<std::string>& names) {
  auto node = std::make_shared<Node>();
  node->operation_ = std::move(operation);
  node->args_ = std::move(args);
  node->options_ = std::move(options);
  for (const Tensor& t : node->args_.flat()) append_functional(node->inputs_, t);
  for (const auto& [name, t] : keyword_tensors(*node->operation_, node->options_))
    append_functional(node->inputs_, t);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    node->outputs_.push_back(
        {outputs[i], i < names.size() ? names[i] : auto_name("keras_tensor"), nullptr, {}});
  }
  node->skeleton_ = skeleton.with(std::vector<Tensor>(outputs.size()));
  auto& slots = OperationAccess::nodes(*node->operation_);
  node->index_ = static_cast<int>(slots.size());
  slots.emplace_back(node);
  return node;
}

TensorSpec Node::output_spec(int i) const { return outputs_.at(static_cast<std::size_t>(i)).spec; }

const std::string& Node::output_name(int i) const {
  return outputs_.at(static_cast<std::size_t>(i)).name;
}

Tensor Node::output(int i) const {
  const Output& out = outputs_.at(static_cast<std::size_t>(i));
  if (auto alive = out.tensor.lock()) return wrap_impl(std::move(alive));
  auto p = make_symbol(TensorKind::functional, out.spec.shape, out.spec.dtype);
  auto history = std::make_shared<History>();
  history->node = std::const_pointer_cast<Node>(shared_from_this());
  history->tensor_index = i;
  p->provenance = std::move(history);
  p->name = out.name;
  p->mask = out.mask;
  out.tensor = p;
  return wrap_impl(std::move(p));
}

Tensors Node::outputs() const {
  std::vector<Tensor> flat;
  for (int i = 0; i < output_count(); ++i) flat.push_back(output(i));
  return skeleton_.with(flat);
}

void Node::set_output_mask(int i, const Tensor& mask) {
  Output& out = outputs_.at(static_cast<std::size_t>(i));
  out.mask = shared_state<TensorImpl>(mask);
  if (auto alive = out.tensor.lock()) alive->mask = out.mask;
}

const History& history_of(const Tensor& tensor) {
  const auto* history =
      is_functional(tensor) ? dynamic_cast<const History*>(impl(tensor).provenance.get()) : nullptr;
  if (history == nullptr) {
    throw GraphError(
        "A functional tensor was expected, made by Input or by calling a layer on one. Received: " +
        std::string(tensor ? "a tensor of shape " + tensor.shape().to_string() : "a null Tensor") +
        ".");
  }
  return *history;
}

bool same_place(const Tensor& a, const Tensor& b) {
  const History &x = history_of(a), &y = history_of(b);
  return x.node == y.node && x.tensor_index == y.tensor_index;
}

std::vector<std::optional<Tensor>> mask_list(const Masks& masks) {
  std::vector<std::optional<Tensor>> out;
  for (int i = 0; i < masks.size(); ++i) {
    std::optional<Tensor> mask = masks[i];
    if (mask && !*mask) mask.reset();  // a null tensor is no mask
    out.push_back(std::move(mask));
  }
  return out;
}

}  // namespace weft::detail

namespace weft {

Operation::~Operation() = default;
std::string Operation::name() const { return name_; }

}  // namespace weft
