#include "tests/harness/op_case.h"

#include <fmt/core.h>
#include <weft/core/op.h>
#include <weft/core/ops/reduce.h>
#include <weft/graph/trace/tape.h>
#include <weft/graph/trace/traced.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/access.hpp"
#include "core/promotion.hpp"
#include "tests/harness/catch.h"

namespace weft::testing {
namespace {

/// One run of a case: one list of shapes, one dtype.
struct Run {
  const OpCase& c;
  std::vector<CaseInput> inputs;
  DType dtype;  // what the floating inputs are cast to; undefined: as they are
  std::string what;
};

/// splitmix64 (S. Vigna): the same numbers on every machine.
double uniform(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

bool near_any(double x, const std::vector<double>& points) {
  return std::any_of(points.begin(), points.end(),
                     [x](double p) { return std::abs(x - p) < 0.05; });
}

double draw(const CaseInput& input, std::uint64_t& state) {
  if (input.dtype == DType::boolean) return uniform(state) < 0.5 ? 0 : 1;
  double x = 0;
  do {
    x = input.low + (input.high - input.low) * uniform(state);
    if (!input.dtype.is_floating()) x = std::floor(x);
  } while (near_any(x, input.avoid));
  return x;
}

std::vector<Tensor> make_inputs(const Run& run, DType dtype) {
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < run.inputs.size(); ++i) {
    CaseInput input = run.inputs[i];
    if (input.dtype.is_floating() && dtype != DType::undefined) input.dtype = dtype;
    out.push_back(make_input(input, i));
  }
  return out;
}

DType expected_dtype(const Run& run, std::size_t output, const std::vector<Tensor>& inputs) {
  if (run.c.output_dtypes.empty()) return inputs[0].dtype();
  const DType stated = run.c.output_dtypes[output];
  return stated.is_floating() && run.dtype != DType::undefined ? run.dtype : stated;
}

void check_values(const Run& run) {
  const std::vector<Tensor> inputs = make_inputs(run, run.dtype);
  const std::vector<Tensor> outputs = apply(find_op(run.c.op), inputs, run.c.attrs);
  std::vector<Array> arrays;
  for (const Tensor& t : inputs) arrays.push_back(to_array(t));
  const std::vector<Array> expected = run.c.formula(arrays);
  REQUIRE(outputs.size() == expected.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    INFO(run.what << ", output " << i);
    CHECK(outputs[i].dtype().name() == expected_dtype(run, i, inputs).name());
    check_close(to_array(outputs[i]), expected[i],
                tolerance_for(outputs[i].dtype(), run.c.tolerance), run.what);
  }
}

std::vector<TensorSpec> promoted_specs(const OpDef& op, const std::vector<Tensor>& inputs) {
  std::vector<TensorSpec> specs;
  for (const Tensor& t : detail::promote(op, inputs)) specs.push_back({t.shape(), t.dtype()});
  return specs;
}

/// `infer` says what is computed, and of an unknown first dimension nothing that is wrong.
void check_inference(const Run& run) {
  const OpDef& op = find_op(run.c.op);
  const std::vector<Tensor> inputs = make_inputs(run, run.dtype);
  const std::vector<Tensor> outputs = apply(op, inputs, run.c.attrs);
  std::vector<TensorSpec> specs = promoted_specs(op, inputs);
  const std::vector<TensorSpec> inferred = op.infer(specs, run.c.attrs);
  INFO(run.what << ", inferred");
  REQUIRE(inferred.size() == outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    CHECK(inferred[i].shape == outputs[i].shape());
    CHECK(inferred[i].dtype == outputs[i].dtype());
  }
  if (!run.c.abstract || specs.empty() || specs[0].shape.rank() == 0) return;
  const Dim first = specs[0].shape[0];
  for (TensorSpec& spec : specs) {
    if (spec.shape.rank() > 0 && spec.shape[0] == first) spec.shape.set(0, None);
  }
  const std::vector<TensorSpec> abstract = op.infer(specs, run.c.attrs);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    INFO(run.what << ", with None inferred " << abstract[i].shape.to_string() << " for "
                  << inferred[i].shape.to_string());
    REQUIRE(abstract[i].shape.rank() == inferred[i].shape.rank());
    for (int d = 0; d < abstract[i].shape.rank(); ++d) {
      CHECK((!abstract[i].shape[d].known() || abstract[i].shape[d] == inferred[i].shape[d]));
    }
  }
}

/// The numbers that the outputs (or gradients) are multiplied with to make one number of them.
Tensor weights_for(const Tensor& t, std::uint64_t seed) {
  return make_input({t.shape(), t.dtype(), -1, 1}, 1000 + seed);
}

Tensor projection(const std::vector<Tensor>& outputs, std::uint64_t seed) {
  Tensor total;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!outputs[i] || !outputs[i].dtype().is_floating()) continue;
    const Tensor one = ops::sum(outputs[i] * weights_for(outputs[i], seed + i));
    total = total ? total + one : one;
  }
  return total;
}

std::vector<std::size_t> differentiable(const Run& run) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < run.inputs.size(); ++i) {
    if (run.inputs[i].differentiable && run.inputs[i].dtype.is_floating()) places.push_back(i);
  }
  return places;
}

std::vector<Tensor> pick(const std::vector<Tensor>& from, const std::vector<std::size_t>& places) {
  std::vector<Tensor> out;
  for (std::size_t i : places) out.push_back(from[i]);
  return out;
}

std::vector<Tensor> gradients(const Run& run, const std::vector<Tensor>& inputs) {
  const std::vector<Tensor> by = pick(inputs, differentiable(run));
  GradientTape tape;
  for (const Tensor& t : by) tape.watch(t);
  const Tensor loss = projection(apply(find_op(run.c.op), inputs, run.c.attrs), 0);
  return tape.gradient(loss, by);
}

std::vector<Tensor> second_gradients(const Run& run, const std::vector<Tensor>& inputs) {
  const std::vector<Tensor> by = pick(inputs, differentiable(run));
  GradientTape tape;
  for (const Tensor& t : by) tape.watch(t);
  const Tensor loss = projection(gradients(run, inputs), 100);
  return loss ? tape.gradient(loss, by) : std::vector<Tensor>(by.size());
}

/// d f / d inputs[place] by central differences, f a number.
Array differences(const std::function<double(const std::vector<Tensor>&)>& f,
                  std::vector<Tensor> inputs, std::size_t place) {
  const Array at = to_array(inputs[place]);
  Array out{at.shape, std::vector<double>(at.values.size())};
  for (std::size_t i = 0; i < at.values.size(); ++i) {
    const double h = 1e-5 * std::max(1.0, std::abs(at.values[i]));
    double side[2];
    for (int k = 0; k < 2; ++k) {
      std::vector<double> moved = at.values;
      moved[i] += k == 0 ? h : -h;
      inputs[place] = Tensor::from(moved, at.shape);
      side[k] = f(inputs);
    }
    out.values[i] = (side[0] - side[1]) / (2 * h);
  }
  return out;
}

void check_gradients(const Run& run, bool second) {
  const std::vector<Tensor> inputs = make_inputs(run, DType::float64);
  const auto number = [&](const std::vector<Tensor>& in) {
    const Tensor f = second ? projection(gradients(run, in), 100)
                            : projection(apply(find_op(run.c.op), in, run.c.attrs), 0);
    return f ? f.item<double>() : 0.0;
  };
  const std::vector<Tensor> computed =
      second ? second_gradients(run, inputs) : gradients(run, inputs);
  const std::vector<std::size_t> places = differentiable(run);
  for (std::size_t i = 0; i < places.size(); ++i) {
    const Array expected = differences(number, inputs, places[i]);
    Array received{expected.shape,
                   std::vector<double>(expected.values.size(), 0.0)};  // null: none flows
    if (computed[i]) received = to_array(computed[i]);
    INFO(run.what << (second ? ", second gradient of input " : ", gradient of input ")
                  << places[i]);
    REQUIRE(received.shape == expected.shape);
    double largest = 1, worst = 0;
    for (std::size_t k = 0; k < expected.values.size(); ++k) {
      largest = std::max(largest, std::abs(expected.values[k]));
      worst = std::max(worst, std::abs(received.values[k] - expected.values[k]));
      if (std::isnan(received.values[k])) worst = NAN;
    }
    CHECK(worst <= run.c.gradient_tolerance * (second ? 100 : 1) * largest);
  }
}

void check_plan(const Run& run, bool with_gradient) {
  const std::vector<Tensor> inputs = make_inputs(run, run.dtype);
  const auto body = [&run, with_gradient](const std::vector<Tensor>& in) {
    std::vector<Tensor> out = apply(find_op(run.c.op), in, run.c.attrs);
    if (!with_gradient) return out;
    for (const Tensor& g : gradients(run, in)) {
      if (g) out.push_back(g);
    }
    return out;
  };
  const std::vector<Tensor> eager = body(inputs);
  auto planned = traced([&body](const Tensors& in) -> Tensors { return body(in.flat()); });
  const std::vector<Tensor> lowered = planned(Tensors(inputs)).flat();
  REQUIRE(lowered.size() == eager.size());
  for (std::size_t i = 0; i < eager.size(); ++i) {
    INFO(run.what << ", plan, output " << i);
    CHECK(same_bits(lowered[i], eager[i]));
  }
}

bool is_empty(const Run& run) {
  return std::any_of(run.inputs.begin(), run.inputs.end(),
                     [](const CaseInput& i) { return i.shape.size() == 0; });
}

void check_run(const Run& run) {
  const bool differentiates = run.c.gradient && !is_empty(run) && !differentiable(run).empty();
  check_inference(run);
  if (run.c.formula) check_values(run);
  if (differentiates && run.dtype == DType::undefined) check_gradients(run, false);
  if (differentiates && run.dtype == DType::undefined && run.c.second_order)
    check_gradients(run, true);
  if (run.c.plan && !run.inputs.empty()) check_plan(run, differentiates);
}

std::string describe(const Run& run) {
  std::string text = (run.c.name.empty() ? run.c.op : run.c.name) + "(";
  for (std::size_t i = 0; i < run.inputs.size(); ++i) {
    const DType own = run.inputs[i].dtype;
    const DType dtype = own.is_floating() && run.dtype != DType::undefined ? run.dtype : own;
    text += (i == 0 ? "" : ", ") + dtype.name() + run.inputs[i].shape.to_string();
  }
  return text + ")";
}

Array map_arrays(const std::vector<const Array*>& in,
                 const std::function<double(const double*)>& f) {
  Shape shape = in[0]->shape;
  for (const Array* a : in) shape = ops::broadcast_shapes("formula", shape, a->shape);
  Array out{shape, std::vector<double>(static_cast<std::size_t>(shape.size()))};
  for (std::size_t flat = 0; flat < out.values.size(); ++flat) {
    double arguments[3] = {};
    for (std::size_t k = 0; k < in.size(); ++k) {
      std::size_t rest = flat, place = 0, step = 1;
      for (int i = 1; i <= shape.rank(); ++i) {
        const auto size = static_cast<std::size_t>(static_cast<std::int64_t>(shape[-i]));
        if (i <= in[k]->shape.rank()) {
          const auto own = static_cast<std::size_t>(static_cast<std::int64_t>(in[k]->shape[-i]));
          if (own != 1) place += rest % size * step;
          step *= own;
        }
        rest /= size;
      }
      arguments[k] = in[k]->values[place];
    }
    out.values[flat] = f(arguments);
  }
  return out;
}

}  // namespace

void run_case(const OpCase& c) {
  Run run{c, c.inputs, {}, {}};
  run.what = describe(run);
  check_run(run);
  for (const DType dtype : c.more_dtypes) {
    run.dtype = dtype;
    run.what = describe(run);
    check_run(run);
  }
  run.dtype = {};
  for (const std::vector<Shape>& shapes : c.more_shapes) {
    REQUIRE(shapes.size() == c.inputs.size());
    for (std::size_t i = 0; i < shapes.size(); ++i) run.inputs[i].shape = shapes[i];
    run.what = describe(run);
    check_run(run);
  }
}

Tensor make_input(const CaseInput& input, std::uint64_t seed) {
  std::vector<double> values(static_cast<std::size_t>(input.shape.size()));
  std::uint64_t state = 0x5eed + 7919 * seed;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = input.values.empty() ? draw(input, state) : input.values[i % input.values.size()];
  }
  return Tensor::from(values, input.shape).astype(input.dtype);
}

Array to_array(const Tensor& t) { return {t.shape(), t.to_vector<double>()}; }

void check_close(const Array& received, const Array& expected, double tolerance,
                 const std::string& what) {
  INFO(what);
  REQUIRE(received.shape == expected.shape);
  REQUIRE(received.values.size() == expected.values.size());
  double largest = 0, worst = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < expected.values.size(); ++i) {
    const double e = expected.values[i], r = received.values[i];
    if (std::isfinite(e)) largest = std::max(largest, std::abs(e));
    const bool same = e == r || (std::isnan(e) && std::isnan(r));
    const double off = same ? 0 : std::isfinite(e) && std::isfinite(r) ? std::abs(e - r) : INFINITY;
    if (off > worst) {
      worst = off;
      at = i;
    }
  }
  std::string where;
  if (worst > 0)
    where = fmt::format("element {}: expected {}, received {}", at, expected.values[at],
                        received.values[at]);
  INFO(where);
  CHECK(worst <= tolerance * largest);
}

bool same_bits(const Tensor& a, const Tensor& b) {
  if (!(a.shape() == b.shape()) || !(a.dtype() == b.dtype())) return false;
  const std::size_t bytes = static_cast<std::size_t>(a.size()) * a.dtype().itemsize();
  const Tensor left = a.to("cpu"), right = b.to("cpu");
  return bytes == 0 ||
         std::memcmp(detail::impl(left).data(), detail::impl(right).data(), bytes) == 0;
}

double tolerance_for(DType dtype, double tolerance) {
  switch (dtype.code()) {
    case DType::float16:
      return std::max(tolerance, 2e-3);  // half a unit in the last place is 2^-11
    case DType::bfloat16:
      return std::max(tolerance, 1.6e-2);  // 2^-8
    case DType::float64:
      return std::max(tolerance * 1e-6, 1e-12);
    case DType::float32:
      return tolerance;
    default:
      return 0;
  }
}

Array map(const Array& a, const std::function<double(double)>& f) {
  return map_arrays({&a}, [&](const double* x) { return f(x[0]); });
}
Array map(const Array& a, const Array& b, const std::function<double(double, double)>& f) {
  return map_arrays({&a, &b}, [&](const double* x) { return f(x[0], x[1]); });
}
Array map(const Array& a, const Array& b, const Array& c,
          const std::function<double(double, double, double)>& f) {
  return map_arrays({&a, &b, &c}, [&](const double* x) { return f(x[0], x[1], x[2]); });
}

}  // namespace weft::testing
