#include "graph/functional/abstract_trace.hpp"

#include "graph/functional/node.hpp"

namespace weft::detail {

Tensor AbstractTrace::symbol(const TensorSpec& spec) {
  auto p = make_symbol(TensorKind::traced, spec.shape, spec.dtype);
  p->trace = id();
  p->value = next_++;
  return wrap_impl(std::move(p));
}

std::vector<Tensor> AbstractTrace::record(const OpDef&, const std::vector<Tensor>&, const Config&,
                                          const std::vector<TensorSpec>& outputs) {
  std::vector<Tensor> out;
  for (const TensorSpec& spec : outputs) out.push_back(symbol(spec));
  return out;
}

Tensor AbstractTrace::read(const Variable& variable) {
  for (const Value& known : values_) {
    if (known.variable.is(variable)) return known.value;
  }
  values_.push_back({variable, symbol({variable.shape(), variable.dtype()})});
  return values_.back().value;
}

void AbstractTrace::assign(const Variable& variable, const Tensor& value) {
  for (Value& known : values_) {
    if (!known.variable.is(variable)) continue;
    known.value = value;
    return;
  }
  values_.push_back({variable, value});
}

Tensor AbstractTrace::stand_in(const Tensor& tensor) {
  if (!tensor || is_concrete(tensor)) return tensor;
  return symbol({tensor.shape(), tensor.dtype()});
}

Tensors AbstractTrace::stand_in(const Tensors& tensors) {
  std::vector<Tensor> flat = tensors.flat();
  for (Tensor& t : flat) {
    const std::optional<Tensor> mask = t ? keras_mask(t) : std::nullopt;
    t = stand_in(t);
    if (mask) t = with_keras_mask(t, stand_in(*mask));
  }
  return tensors.with(flat);
}

Masks AbstractTrace::stand_in(const Masks& masks) {
  std::vector<std::optional<Tensor>> list = mask_list(masks);
  for (auto& mask : list) {
    if (mask) mask = stand_in(*mask);
  }
  return list.empty() ? Masks() : Masks(list);
}

AbstractScope::AbstractScope(AbstractTrace& trace) : saved_(recording()) {
  recording() = {};
  recording().traces.push_back(&trace);
}
AbstractScope::~AbstractScope() { recording() = std::move(saved_); }

}  // namespace weft::detail
