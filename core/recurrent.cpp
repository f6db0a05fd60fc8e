#include "core/recurrent.hpp"

#include <weft/core/settings.h>

#include <utility>

#include "core/ops/checks.hpp"
#include "core/recorder.hpp"

namespace weft::detail {
namespace {

using ops::fail;
using ops::Specs;

constexpr std::pair<const char*, GateActivation> activations[] = {
    {"linear", GateActivation::linear},
    {"tanh", GateActivation::tanh},
    {"sigmoid", GateActivation::sigmoid},
    {"relu", GateActivation::relu},
    {"relu6", GateActivation::relu6},
    {"leaky_relu", GateActivation::leaky_relu},
    {"hard_sigmoid", GateActivation::hard_sigmoid},
    {"hard_tanh", GateActivation::hard_tanh},
    {"elu", GateActivation::elu},
    {"selu", GateActivation::selu},
    {"softplus", GateActivation::softplus},
    {"softsign", GateActivation::softsign},
    {"exponential", GateActivation::exponential},
};

const TensorSpec& at(const Specs& specs, int i) { return specs[static_cast<std::size_t>(i)]; }
const Tensor& at(const std::vector<Tensor>& list, int i) {
  return list[static_cast<std::size_t>(i)];
}

bool fits(const Shape& received, const Shape& expected) {
  if (received.rank() != expected.rank()) return false;
  for (int i = 0; i < received.rank(); ++i) {
    if (received[i].known() && expected[i].known() && received[i] != expected[i]) return false;
  }
  return true;
}

void check_shape(const CellKind& cell, const char* what, const Shape& received,
                 const Shape& expected) {
  if (fits(received, expected)) return;
  fail(cell.op, fmt::format("{} has the wrong shape", what), expected.to_string(),
       received.to_string());
}

Dim times(std::int64_t factor, Dim d) {
  return d.known() ? Dim(factor * static_cast<std::int64_t>(d)) : None;
}

Dim either(Dim a, Dim b) { return a.known() ? a : b; }

struct Sizes {
  Dim n, t, i, h;
};

void check_dtypes(const CellKind& cell, const Specs& inputs, const RecurrentInputs& at_) {
  const DType dtype = inputs[0].dtype;
  if (!dtype.is_floating())
    fail<DtypeError>(cell.op, "x is not floating", "a floating dtype", dtype.name());
  for (int i = 1; i < at_.count; ++i) {
    const DType d = at(inputs, i).dtype;
    if (i == at_.mask) {
      if (!(d == DType::boolean))
        fail<DtypeError>(cell.op, "the mask is not of dtype bool", "bool", d.name());
    } else if (i != at_.reserve && !(d == dtype)) {
      fail<DtypeError>(cell.op, "the inputs have several dtypes", dtype.name(),
                       fmt::format("{} (input {})", d.name(), i));
    }
  }
}

Sizes check_inputs(const CellKind& cell, const Specs& inputs, const Config& attrs,
                   const RecurrentInputs& p) {
  ops::check_inputs(cell.op, inputs, static_cast<std::size_t>(p.count));
  check_dtypes(cell, inputs, p);
  const Shape& x = inputs[0].shape;
  if (x.rank() != 3)
    fail(cell.op, "x has the wrong rank", "[batch, steps, features]", "x.shape=" + x.to_string());
  const Shape& u = at(inputs, p.recurrent_kernel).shape;
  if (u.rank() != 2)
    fail(cell.op, "recurrent_kernel is no matrix", fmt::format("[units, {} units]", cell.gates),
         "recurrent_kernel.shape=" + u.to_string());
  Sizes s{x[0], x[1], x[2], u[0]};
  const Dim columns = times(cell.gates, s.h);
  check_shape(cell, "recurrent_kernel", u, {s.h, columns});
  check_shape(cell, "kernel", at(inputs, p.kernel).shape, {s.i, columns});
  for (int k = 0; k < cell.states; ++k) {
    const Shape& state = at(inputs, p.state + k).shape;
    check_shape(cell, k == 0 ? "initial state h" : "initial state c", state, {s.n, s.h});
    s.n = either(s.n, state[0]);
  }
  if (p.bias >= 0)
    check_shape(cell, "bias", at(inputs, p.bias).shape, bias_shape(cell, attrs, s.h));
  if (p.mask >= 0) check_shape(cell, "mask", at(inputs, p.mask).shape, {s.n, s.t});
  if (p.input_dropout >= 0)
    check_shape(cell, "input_dropout", at(inputs, p.input_dropout).shape, {cell.gates, s.n, s.i});
  if (p.recurrent_dropout >= 0)
    check_shape(cell, "recurrent_dropout", at(inputs, p.recurrent_dropout).shape,
                {cell.gates, s.n, s.h});
  gate_activation(cell, attrs, "activation");
  gate_activation(cell, attrs, "recurrent_activation");
  return s;
}

bool flag(const Config& attrs, const char* key) { return attrs.get<bool>(key, false); }

}  // namespace

RecurrentInputs::RecurrentInputs(const CellKind& cell, const Config& attrs, bool gradient) {
  count = 1 + cell.states;
  const auto next = [&](const char* key) { return flag(attrs, key) ? count++ : -1; };
  kernel = count++;
  recurrent_kernel = count++;
  if (!gradient) bias = next("use_bias");
  mask = next("use_mask");
  input_dropout = next("input_dropout");
  recurrent_dropout = next("recurrent_dropout");
  if (!gradient) return;
  reserve = count++;
  d_output = next("d_output");
  d_state[0] = next("d_state0");
  d_state[1] = next("d_state1");
}

Shape bias_shape(const CellKind& cell, const Config& attrs, Dim units) {
  const Dim columns = times(cell.gates, units);
  return flag(attrs, "reset_after") ? Shape{2, columns} : Shape{columns};
}

std::vector<TensorSpec> infer_recurrent(const CellKind& cell, const Specs& inputs,
                                        const Config& attrs) {
  const RecurrentInputs p(cell, attrs, false);
  const Sizes s = check_inputs(cell, inputs, attrs, p);
  const DType dtype = inputs[0].dtype;
  Specs out;
  out.push_back({flag(attrs, "return_sequences") ? Shape{s.n, s.t, s.h} : Shape{s.n, s.h}, dtype});
  for (int k = 0; k < cell.states; ++k) out.push_back({{s.n, s.h}, dtype});
  if (flag(attrs, "reserve")) {
    const DType kept = dtype.itemsize() == 2 ? DType(DType::float32) : dtype;
    out.push_back({{s.t, s.n, times(cell.reserve_blocks, s.h)}, kept});
  }
  return out;
}

std::vector<TensorSpec> infer_recurrent_grad(const CellKind& cell, const Specs& inputs,
                                             const Config& attrs) {
  const RecurrentInputs p(cell, attrs, true);
  const Sizes s = check_inputs(cell, inputs, attrs, p);
  Specs out;
  if (attrs.get<bool>("x_grad", true)) out.push_back(inputs[0]);
  for (int k = 0; k < cell.states; ++k) out.push_back({{s.n, s.h}, inputs[0].dtype});
  out.push_back(at(inputs, p.kernel));
  out.push_back(at(inputs, p.recurrent_kernel));
  if (flag(attrs, "use_bias")) out.push_back({bias_shape(cell, attrs, s.h), inputs[0].dtype});
  return out;
}

std::vector<Tensor> recurrent_grad(const CellKind& cell, const GradArgs& args) {
  const RecurrentInputs p(cell, args.attrs, false);
  std::vector<Tensor> outputs = args.outputs;
  if (!flag(args.attrs, "reserve"))  // nobody was expected to ask: the forward pass again
    outputs = apply(find_op(cell.op), args.inputs, Config(args.attrs).set("reserve", true));
  std::vector<Tensor> inputs;
  for (int i = 0; i < p.count; ++i) {
    if (i != p.bias) inputs.push_back(at(args.inputs, i));
  }
  inputs.push_back(outputs.back());
  Config attrs =
      Config(args.attrs).erase("reserve").set("x_grad", static_cast<bool>(args.wanted[0]));
  const char* const keys[] = {"d_output", "d_state0", "d_state1"};
  for (int k = 0; k <= cell.states; ++k) {
    const Tensor& d = at(args.grads, k);
    attrs.set(keys[k], static_cast<bool>(d));
    if (d) inputs.push_back(d);
  }
  const std::vector<Tensor> results = apply(find_op(cell.grad_op), inputs, attrs);
  std::vector<Tensor> out(static_cast<std::size_t>(p.count));
  std::size_t next = 0;
  const auto take = [&](int place) { out[static_cast<std::size_t>(place)] = results[next++]; };
  if (args.wanted[0]) take(p.x);
  for (int k = 0; k < cell.states; ++k) take(p.state + k);
  take(p.kernel);
  take(p.recurrent_kernel);
  if (p.bias >= 0) take(p.bias);
  return out;
}

std::vector<Tensor> apply_recurrent(const CellKind& cell, std::vector<Tensor> inputs,
                                    const RecurrentExtras& extras, Config attrs) {
  const auto add = [&](const char* key, const Tensor& t) {
    attrs.set(key, static_cast<bool>(t));
    if (t) inputs.push_back(t);
  };
  add("use_bias", extras.bias);
  add("use_mask", extras.mask);
  add("input_dropout", extras.input_dropout);
  add("recurrent_dropout", extras.recurrent_dropout);
  attrs.set("reserve", !recording().tapes.empty());
  // Kept, so that the gradient has the same kernel, whose reserve is its own affair, whatever was
  // set in between.
  if (deterministic()) attrs.set("deterministic", true);
  if (get_float32_matmul_precision() != "highest") attrs.set("tf32", true);
  return apply(find_op(cell.op), inputs, attrs);
}

std::optional<GateActivation> find_gate_activation(std::string_view name) {
  for (const auto& [known, code] : activations) {
    if (name == known) return code;
  }
  return std::nullopt;
}

GateActivation gate_activation(const CellKind& cell, const Config& attrs, const char* key) {
  const auto name = attrs.get<std::string>(key);
  if (const auto code = find_gate_activation(name)) return *code;
  std::string all;
  for (const auto& [known, code] : activations)
    all += (all.empty() ? "" : ", ") + std::string(known);
  fail<Error>(cell.op, fmt::format("`{}` is none that the op computes", key), "one of " + all,
              name);
}

}  // namespace weft::detail
