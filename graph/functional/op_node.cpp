#include "graph/functional/op_node.hpp"

#include "core/names.hpp"
#include "graph/functional/abstract_trace.hpp"
#include "graph/functional/node.hpp"

namespace weft::detail {
namespace {

// "broadcast_to" -> "BroadcastTo", for ops that do not say what Keras calls them.
std::string camel_case(const std::string& name) {
  std::string out;
  bool start = true;
  for (char c : name) {
    if (c == '_') {
      start = true;
      continue;
    }
    out += start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    start = false;
  }
  return out;
}

std::vector<Tensor> hook(const OpDef& op, const std::vector<Tensor>& inputs, const Config& attrs) {
  return apply_functional(op, inputs, attrs);
}

}  // namespace

OpNode::OpNode(const OpDef& op, Config attrs, std::string name)
    : op_(&op), attrs_(std::move(attrs)) {
  OperationAccess::set_name(*this,
                            name.empty() ? auto_name(snake_case(class_name())) : std::move(name));
}

std::string OpNode::class_name() const {
  return op_->keras_class.empty() ? camel_case(op_->name) : op_->keras_class;
}

std::string OpNode::module() const { return "keras.src.ops." + op_->keras_module; }

Config OpNode::get_config() const { return Config{{"name", name()}}.merge(attrs_); }

std::vector<Tensor> OpNode::run(const std::vector<Tensor>& inputs) const {
  if (op_->lower != nullptr) return op_->lower(inputs, attrs_);
  std::vector<Tensor> out = apply(*op_, inputs, attrs_);
  out.resize(out.size() - static_cast<std::size_t>(op_->traits.optional_outputs));
  return out;
}

std::vector<Tensor> apply_functional(const OpDef& op, const std::vector<Tensor>& inputs,
                                     const Config& attrs, const std::string& name) {
  std::vector<TensorSpec> specs;
  {
    AbstractTrace trace;
    const AbstractScope scope(trace);
    for (const Tensor& t : apply(op, trace.stand_in(Tensors(inputs)).flat(), attrs))
      specs.push_back({t.shape(), t.dtype()});
  }
  specs.resize(specs.size() - static_cast<std::size_t>(op.traits.optional_outputs));
  const auto node = Node::record(std::make_shared<OpNode>(op, attrs, name), inputs, {}, specs,
                                 Tensors(std::vector<Tensor>(specs.size())));
  return node->outputs().flat();
}

void install_functional_hook() { set_functional_hook(hook); }

}  // namespace weft::detail
