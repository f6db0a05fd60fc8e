#include "core/ops/pointwise_group.hpp"

#include <generated/pointwise_all.h>

#include <algorithm>
#include <string_view>

#include "core/ops/checks.hpp"

namespace weft::detail {
namespace {

using ops::Specs;
constexpr std::string_view name = "pointwise_group";

std::size_t at(int i) { return static_cast<std::size_t>(i); }

void check_number(int number, int below, std::string_view what) {
  if (number >= 0 && number < below) return;
  ops::fail<GraphError>(name, fmt::format("{} is no number of this place", what),
                        fmt::format("0 to {}", below - 1), fmt::format("{}", number));
}

/// What an op of core/ops/pointwise makes of which dtypes.
struct Builtin {
  std::string_view name;
  functors::Kind kind;
};

template <class... F>
std::vector<Builtin> builtins(TypeList<F...>) {
  return {{F::name, F::kind}...};
}

const Builtin* find_builtin(std::string_view op) {
  static const std::vector<Builtin> all = builtins(PointwiseFunctors{});
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Builtin& b) { return b.name == op; });
  return found == all.end() ? nullptr : &*found;
}

bool all_of_dtype(const Specs& specs, DType dtype, std::size_t from = 0) {
  return std::all_of(specs.begin() + static_cast<std::ptrdiff_t>(from), specs.end(),
                     [&](const TensorSpec& s) { return s.dtype == dtype; });
}

Specs infer_group(const Specs& inputs, const Config& attrs) {
  const auto program = PointwiseProgram::from_attrs(attrs, static_cast<int>(inputs.size()));
  const Specs all = program.infer(inputs);
  Shape whole = all[at(program.outputs[0])].shape;
  for (const TensorSpec& in : inputs) whole = ops::broadcast_shapes(name, whole, in.shape);
  Specs outputs;
  for (int number : program.outputs) {
    const TensorSpec& out = all[at(number)];
    if (!(out.shape == whole)) {
      ops::fail(name, "an output is smaller than the group", whole.to_string(),
                out.shape.to_string());
    }
    outputs.push_back(out);
  }
  return outputs;
}

/// The gradients of the steps, last to first.
std::vector<Tensor> gradients(const GradArgs& args) {
  const auto program =
      PointwiseProgram::from_attrs(args.attrs, static_cast<int>(args.inputs.size()));
  std::vector<Tensor> values = args.inputs;
  const auto inputs_of = [&](const PointwiseProgram::Step& step) {
    std::vector<Tensor> in;
    for (int number : step.operands) in.push_back(values[at(number)]);
    return in;
  };
  for (const auto& step : program.steps)
    values.push_back(apply(*step.op, inputs_of(step), step.attrs)[0]);
  std::vector<Tensor> grads(values.size());
  const auto add_to = [&](int number, const Tensor& g) {
    if (!g) return;
    Tensor& sum = grads[at(number)];
    sum = sum ? apply_one("add", {sum, g}) : g;
  };
  for (std::size_t i = 0; i < program.outputs.size(); ++i)
    add_to(program.outputs[i], args.grads[i]);
  for (std::size_t i = program.steps.size(); i-- > 0;) {
    const auto& step = program.steps[i];
    const std::size_t number = args.inputs.size() + i;
    if (!grads[number] || step.op->grad == nullptr) continue;
    const std::vector<Tensor> in = inputs_of(step), out = {values[number]}, dy = {grads[number]};
    const std::vector<bool> wanted(in.size(), true);
    const std::vector<Tensor> dx = step.op->grad({in, out, dy, step.attrs, wanted});
    for (std::size_t k = 0; k < dx.size(); ++k) add_to(step.operands[k], dx[k]);
  }
  grads.resize(args.inputs.size());
  return grads;
}

}  // namespace

Config PointwiseProgram::to_attrs() const {
  std::vector<std::string> names;
  std::vector<std::vector<int>> operands;
  std::vector<Config> attrs;
  bool any_attrs = false;
  for (const Step& s : steps) {
    names.push_back(s.op->name);
    operands.push_back(s.operands);
    attrs.push_back(s.attrs);
    any_attrs = any_attrs || s.attrs.size() != 0;
  }
  Config c;
  c.set("ops", names).set("operands", operands).set("outputs", outputs);
  if (any_attrs) c.set("attrs", attrs);
  return c;
}

PointwiseProgram PointwiseProgram::from_attrs(const Config& attrs, int inputs) {
  PointwiseProgram p;
  p.inputs = inputs;
  const auto names = attrs.get<std::vector<std::string>>("ops");
  const auto operands = attrs.get<std::vector<std::vector<int>>>("operands");
  const auto all_attrs = attrs.get<std::vector<Config>>("attrs", {});
  if (operands.size() != names.size() || (!all_attrs.empty() && all_attrs.size() != names.size())) {
    ops::fail<GraphError>(name, "the lists do not fit",
                          fmt::format("{} operands and attrs", names.size()),
                          fmt::format("{} operands, {} attrs", operands.size(), all_attrs.size()));
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    Step step{&find_op(names[i]), all_attrs.empty() ? Config() : all_attrs[i], operands[i]};
    for (int number : step.operands)
      check_number(number, inputs + static_cast<int>(i), "operand of " + names[i]);
    p.steps.push_back(std::move(step));
  }
  p.outputs = attrs.get<std::vector<int>>("outputs");
  if (p.outputs.empty()) ops::fail<GraphError>(name, "there is no output", "at least one", "none");
  for (int number : p.outputs) {
    check_number(number, inputs + static_cast<int>(names.size()), "output");
    if (number < inputs) {
      ops::fail<GraphError>(name, "an output is an input", "the result of an op",
                            fmt::format("{}", number));
    }
  }
  return p;
}

Specs PointwiseProgram::infer(const Specs& in) const {
  Specs all = in;
  for (const Step& step : steps) {
    Specs operand_specs;
    for (int number : step.operands) operand_specs.push_back(all[at(number)]);
    all.push_back(step.op->infer(operand_specs, step.attrs).at(0));
  }
  return all;
}

bool can_be_grouped(const OpDef& op, const Specs& inputs, const Specs& outputs) {
  using functors::Kind;
  if (outputs.size() != 1 || inputs.empty()) return false;
  if (op.name == "cast") {
    const DType from = inputs[0].dtype, to = outputs[0].dtype;
    return (from == DType::boolean && to == DType::float32) ||
           (from == DType::float32 && to == DType::boolean);
  }
  const Builtin* builtin = find_builtin(op.name);
  if (builtin == nullptr) return false;
  switch (builtin->kind) {
    case Kind::logical:
      return all_of_dtype(inputs, DType::boolean);
    case Kind::select:
      return inputs[0].dtype == DType::boolean && all_of_dtype(inputs, DType::float32, 1);
    default:
      return all_of_dtype(inputs, DType::float32);
  }
}

bool can_enter_group(const Shape& input, const Shape& whole) {
  const int rank = whole.rank(), offset = rank - input.rank();
  if (offset < 0) return false;
  // From the last axis: equal axes, then ones (rows); or ones, then equal axes (columns).
  int changes = 0, state = -1;  // 1: equal, 0: one
  for (int i = rank - 1; i >= 0; --i) {
    const Dim d = i >= offset ? input[i - offset] : Dim(1);
    if (whole[i] == 1 && d == 1) continue;
    if (!(d == whole[i]) && !(d == 1)) return false;
    const int equal = d == whole[i] ? 1 : 0;
    changes += state >= 0 && equal != state ? 1 : 0;
    state = equal;
  }
  return changes <= 1;
}

}  // namespace weft::detail

namespace weft::registration {

void op_pointwise_group() {
  register_op({.name = "pointwise_group",
               .infer = detail::infer_group,
               .grad = detail::gradients,
               .traits = {.pointwise = true}});
}

}  // namespace weft::registration
