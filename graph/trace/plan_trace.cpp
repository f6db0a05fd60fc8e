#include "graph/trace/plan_trace.hpp"

#include <weft/core/error.h>

#include "core/access.hpp"
#include "core/convert.hpp"

namespace weft::trace {

using detail::impl;
using plan::Source;

Tensor PlanTrace::make_tensor(const TensorSpec& spec, int value) const {
  auto p = detail::make_symbol(detail::TensorKind::traced, spec.shape, spec.dtype);
  p->trace = id();
  p->value = value;
  return detail::wrap_impl(std::move(p));
}

Tensor PlanTrace::add_input(const TensorSpec& spec) {
  const int value = graph_.add_value(spec, Source::input, static_cast<int>(graph_.inputs.size()));
  graph_.inputs.push_back(value);
  return make_tensor(spec, value);
}

int PlanTrace::value_of(const Tensor& t) {
  const detail::TensorImpl& p = impl(t);
  if (p.kind == detail::TensorKind::traced) {
    if (p.trace != id())
      throw GraphError("A traced tensor of shape " + p.shape.to_string() +
                       " belongs to another trace.");
    return p.value;
  }
  if (p.kind == detail::TensorKind::functional) {
    throw GraphError("A functional tensor of shape " + p.shape.to_string() +
                     " was returned from or used in traced code. Expected: data.");
  }
  const auto [place, is_new] = constants_.try_emplace(p.id, -1);
  if (is_new) {
    place->second = graph_.add_value({p.shape, p.dtype}, Source::constant,
                                     static_cast<int>(graph_.constants.size()));
    // A constant must keep its address: the value of a variable moves when the variable is written.
    graph_.constants.push_back(p.storage->owned ? t : detail::copied(t));
  }
  return place->second;
}

std::vector<Tensor> PlanTrace::record(const OpDef& op, const std::vector<Tensor>& inputs,
                                      const Config& attrs, const std::vector<TensorSpec>& outputs) {
  plan::OpNode node{&op, attrs, {}, {}, detail::layer_scope()};
  for (const Tensor& t : inputs) node.inputs.push_back(value_of(t));
  std::vector<Tensor> results;
  for (const TensorSpec& spec : outputs) {
    const int value = graph_.add_value(spec, Source::op, static_cast<int>(graph_.nodes.size()));
    node.outputs.push_back(value);
    results.push_back(make_tensor(spec, value));
  }
  graph_.nodes.push_back(std::move(node));
  return results;
}

PlanTrace::State& PlanTrace::state_of(const Variable& variable) {
  const void* key = detail::Access::state(variable).get();
  const auto [place, is_new] =
      states_.try_emplace(key, State{static_cast<int>(graph_.variables.size()), {}});
  if (is_new) {
    graph_.variables.push_back(variable);
    graph_.reads.push_back(-1);
    order_.push_back(key);
  }
  return place->second;
}

Tensor PlanTrace::read(const Variable& variable) {
  State& s = state_of(variable);
  if (!s.value) {
    const TensorSpec spec{variable.shape(), variable.dtype()};
    const int value = graph_.add_value(spec, Source::variable, s.index);
    graph_.reads[static_cast<std::size_t>(s.index)] = value;
    s.value = make_tensor(spec, value);
  }
  return s.value;
}

void PlanTrace::assign(const Variable& variable, const Tensor& value) {
  State& s = state_of(variable);
  // A tensor of its own: a read is no part of the expression that was assigned, as in eager code.
  s.value = make_tensor({value.shape(), value.dtype()}, value_of(value));
  s.assigned = true;
}

plan::OpGraph PlanTrace::finish(const std::vector<Tensor>& outputs) {
  for (const Tensor& t : outputs) graph_.outputs.push_back(value_of(t));
  for (const void* key : order_) {
    const State& s = states_.at(key);
    if (s.assigned) graph_.commits.push_back({s.index, value_of(s.value)});
  }
  return std::move(graph_);
}

}  // namespace weft::trace
