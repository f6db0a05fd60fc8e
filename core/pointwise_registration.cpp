// Makes an OpDef of every functor in core/ops/pointwise; the list of them is generated.
#include <fmt/core.h>
#include <generated/pointwise_all.h>
#include <weft/core/error.h>

#include <string>
#include <utility>
#include <vector>

namespace weft {
namespace {

using functors::Backward;
using functors::Kind;
using Specs = std::vector<TensorSpec>;

/// What infer has to know of a functor: the checks are written once, not once per functor.
struct Signature {
  const char* name;
  std::size_t arity;
  Kind kind;
  bool accepts_bool;
};

template <class F>
constexpr Signature signature_of() {
  return {F::name, static_cast<std::size_t>(F::arity), F::kind, F::accepts_bool};
}

std::string dtypes_of(const Specs& inputs) {
  std::string text;
  for (const TensorSpec& in : inputs) text += (text.empty() ? "" : ", ") + in.dtype.name();
  return text;
}

[[noreturn]] void wrong_dtypes(const Signature& s, const char* expected, const Specs& inputs) {
  throw DtypeError(fmt::format("{}: the dtypes do not fit. Expected: {}. Received: {}", s.name,
                               expected, dtypes_of(inputs)));
}

bool all_are(const Specs& inputs, DType dtype, std::size_t from = 0) {
  for (std::size_t i = from; i < inputs.size(); ++i) {
    if (!(inputs[i].dtype == dtype)) return false;
  }
  return true;
}

DType output_dtype(const Signature& s, const Specs& inputs) {
  const DType first = inputs[0].dtype;
  if (s.kind == Kind::logical) {
    if (!all_are(inputs, DType::boolean)) wrong_dtypes(s, "bool", inputs);
    return first;
  }
  if (s.kind == Kind::select) {
    if (!(first == DType::boolean)) wrong_dtypes(s, "a condition of bool", inputs);
    if (!all_are(inputs, inputs[1].dtype, 1))
      wrong_dtypes(s, "the same dtype for both values", inputs);
    return inputs[1].dtype;
  }
  if (!all_are(inputs, first)) wrong_dtypes(s, "the same dtype for all inputs", inputs);
  if (s.kind == Kind::floating && !first.is_floating()) wrong_dtypes(s, "a floating dtype", inputs);
  if (!s.accepts_bool && first == DType::boolean)
    wrong_dtypes(s, "numbers (for bools: logical_not, not_equal)", inputs);
  return s.kind == Kind::comparison ? DType(DType::boolean) : first;
}

Specs infer(const Signature& s, const Specs& inputs) {
  if (inputs.size() != s.arity) {
    throw GraphError(fmt::format("{}: wrong number of inputs. Expected: {}. Received: {}", s.name,
                                 s.arity, inputs.size()));
  }
  const DType dtype = output_dtype(s, inputs);
  Shape shape = inputs[0].shape;
  for (std::size_t i = 1; i < inputs.size(); ++i)
    shape = ops::broadcast_shapes(s.name, shape, inputs[i].shape);
  return {{shape, dtype}};
}

std::vector<Tensor> gradients(const GradArgs& args, Tensor (*grad)(const Backward&, int)) {
  const std::vector<Tensor>& in = args.inputs;
  std::vector<Tensor> out(in.size());
  if (!args.grads[0]) return out;
  const Backward g{in[0],
                   in[in.size() > 1 ? 1 : 0],
                   in[in.size() > 2 ? 2 : 0],
                   args.outputs[0],
                   args.grads[0],
                   args.attrs};
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (!args.wanted[i]) continue;
    const Tensor one = grad(g, static_cast<int>(i));
    if (one) out[i] = one.shape() == in[i].shape() ? one : ops::sum_to(one, in[i].shape());
  }
  return out;
}

template <class F>
void register_functor() {
  OpDef op;
  op.name = F::name;
  op.infer = [](const Specs& inputs, const Config&) { return infer(signature_of<F>(), inputs); };
  if constexpr (requires(const Backward& g) { F::grad(g, 0); }) {
    op.grad = [](const GradArgs& args) { return gradients(args, &F::grad); };
  }
  op.traits.pointwise = true;
  if (F::kind == Kind::floating) op.traits.promotion = Promotion::common_floating;
  if (F::kind == Kind::arithmetic || F::kind == Kind::comparison)
    op.traits.promotion = Promotion::common;
  op.keras_class = F::keras_class;
  op.keras_module = F::keras_module;
  register_op(std::move(op));
}

template <class... Functors>
void register_all(TypeList<Functors...>) {
  (register_functor<Functors>(), ...);
}

}  // namespace

namespace registration {
void pointwise_ops();
void pointwise_ops() { register_all(PointwiseFunctors{}); }
}  // namespace registration

}  // namespace weft
