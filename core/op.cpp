#include <weft/core/error.h>
#include <weft/core/op.h>

#include <map>
#include <memory>
#include <mutex>

#include "core/access.hpp"
#include "core/byte_count.hpp"
#include "core/eager.hpp"
#include "core/op_registry.hpp"
#include "core/promotion.hpp"
#include "core/recorder.hpp"
#include "core/registration.hpp"

namespace weft {
namespace {

struct OpRegistry {
  std::mutex mutex;
  std::map<std::string, std::unique_ptr<OpDef>, std::less<>> ops;
};

OpRegistry& op_registry() {
  static OpRegistry* all = new OpRegistry;  // leaked: ops are applied by objects of static lifetime
  return *all;
}

detail::FunctionalHook functional_hook = nullptr;

void check_not_null(const OpDef& op, const std::vector<Tensor>& inputs) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i])
      throw GraphError("ops::" + op.name + ": input " + std::to_string(i) +
                       " is a null Tensor. Expected: a tensor.");
  }
}

void check_traced(const OpDef& op, const std::vector<Tensor>& inputs, const detail::Trace* trace) {
  for (const Tensor& t : inputs) {
    if (!detail::is_traced(t)) continue;
    if (trace == nullptr || detail::impl(t).trace != trace->id()) {
      throw GraphError("ops::" + op.name + ": a traced tensor of shape " + t.shape().to_string() +
                       " is used outside the trace that made it. Expected: return it from the "
                       "traced function, or assign it to a Variable.");
    }
  }
}

/// What infer says must be a tensor that could be, whatever the memory: sizes come out of
/// attributes.
void check_sizes(const OpDef& op, const std::vector<TensorSpec>& outputs) {
  for (const TensorSpec& out : outputs) {
    Shape known;  // the product of the known dimensions is a lower bound
    for (Dim d : out.shape) known.push_back(d.known() ? d : Dim(1));
    try {
      detail::byte_count(known, out.dtype);
    } catch (const ShapeError& e) {
      throw ShapeError("ops::" + op.name + ": " + e.what());
    }
  }
}

}  // namespace

bool register_op(OpDef op) {
  OpRegistry& r = op_registry();
  const std::lock_guard lock(r.mutex);
  if (op.infer == nullptr)
    throw GraphError("register_op: op '" + op.name + "' has no infer function.");
  const std::string name = op.name;
  if (!r.ops.try_emplace(name, std::make_unique<OpDef>(std::move(op))).second) {
    throw GraphError("register_op: an op named '" + name +
                     "' is already registered. Expected: a unique name.");
  }
  return true;
}

const OpDef& find_op(std::string_view name) {
  detail::ensure_registered();
  OpRegistry& r = op_registry();
  const std::lock_guard lock(r.mutex);
  const auto found = r.ops.find(name);
  if (found == r.ops.end()) throw GraphError("There is no op named '" + std::string(name) + "'.");
  return *found->second;
}

namespace detail {

const OpDef* find_op_by_keras_class(std::string_view keras_class) {
  ensure_registered();
  OpRegistry& r = op_registry();
  const std::lock_guard lock(r.mutex);
  for (const auto& [name, op] : r.ops) {
    if (op->keras_class == keras_class) return op.get();
  }
  return nullptr;
}

}  // namespace detail

std::vector<Tensor> apply(const OpDef& op, const std::vector<Tensor>& inputs, const Config& attrs) {
  check_not_null(op, inputs);
  detail::Recording& r = detail::recording();
  if (detail::any_functional(inputs)) {
    if (r.trace() != nullptr) {
      throw GraphError("ops::" + op.name + ": a functional tensor is used inside a layer's `call`" +
                       (detail::layer_scope().empty()
                            ? std::string()
                            : " (layer '" + detail::layer_scope() + "')") +
                       ". Expected: only the tensors that `call` receives; make the functional "
                       "tensor an input of the layer.");
    }
    return functional_hook(op, inputs, attrs);
  }
  check_traced(op, inputs, r.trace());
  const std::vector<Tensor> in = detail::promote(op, inputs);
  std::vector<TensorSpec> specs;
  specs.reserve(in.size());
  for (const Tensor& t : in) specs.push_back({t.shape(), t.dtype()});
  const std::vector<TensorSpec> out_specs = op.infer(specs, attrs);
  check_sizes(op, out_specs);
  std::vector<Tensor> out = r.trace() != nullptr
                                ? r.trace()->record(op, in, attrs, out_specs)
                                : detail::run_eager(op, in, attrs, specs, out_specs);
  for (detail::Listener* tape : r.tapes) tape->applied(op, in, attrs, out);
  return out;
}

Tensor apply_one(std::string_view op, const std::vector<Tensor>& inputs, const Config& attrs) {
  return apply(find_op(op), inputs, attrs).at(0);
}

namespace detail {
void set_functional_hook(FunctionalHook hook) { functional_hook = hook; }
}  // namespace detail

}  // namespace weft
