#include "tests/ops/recurrent.h"

#include <weft/core/ops/reduce.h>
#include <weft/core/settings.h>
#include <weft/graph/trace/tape.h>

#include <algorithm>
#include <cmath>

#include "core/recorder.hpp"
#include "core/recurrent.hpp"
#include "tests/harness/keep_settings.h"

namespace weft::testing {
namespace {

double activate(const std::string& name, double x) {
  for (const auto& [known, f] : cell_activations()) {
    if (known == name) return f(x);
  }
  FAIL("no formula for activation " << name);
  return 0;
}

/// The arrays of a case by name; null where there is none.
struct Arrays {
  const Array *x, *state[2] = {}, *kernel, *recurrent, *bias = nullptr, *mask = nullptr;
  const Array *input_dropout = nullptr, *recurrent_dropout = nullptr;
  Arrays(const RecurrentCase& c, const std::vector<Array>& in) {
    std::size_t next = 0;
    x = &in[next++];
    for (std::int64_t k = 0; k < c.states; ++k) state[k] = &in[next++];
    kernel = &in[next++];
    recurrent = &in[next++];
    if (c.use_bias) bias = &in[next++];
    if (c.mask) mask = &in[next++];
    if (c.input_dropout) input_dropout = &in[next++];
    if (c.recurrent_dropout) recurrent_dropout = &in[next++];
  }
};

double at(const Array* a, std::int64_t place) { return a->values[static_cast<std::size_t>(place)]; }

/// One sequence after the other.
std::vector<Array> formula(const RecurrentCase& c, const std::vector<Array>& in) {
  const Arrays a(c, in);
  const std::int64_t N = a.x->shape[0], T = a.x->shape[1], I = a.x->shape[2], H = c.h,
                     G = c.gates * H;
  const Shape shape = c.sequences ? Shape{N, T, H} : Shape{N, H};
  std::vector<Array> out = {{shape, std::vector<double>(static_cast<std::size_t>(shape.size()))}};
  for (std::int64_t k = 0; k < c.states; ++k) out.push_back({{N, H}, {}});
  for (std::int64_t n = 0; n < N; ++n) {
    CellStep s;
    s.units = static_cast<std::size_t>(H);
    s.activation = [&](double v) { return activate(c.activation, v); };
    s.recurrent = [&](double v) { return activate(c.recurrent_activation, v); };
    s.bias = [&](int row, int gate, std::size_t j) {
      return c.use_bias ? at(a.bias, row * G + gate * H + static_cast<std::int64_t>(j)) : 0;
    };
    s.product = [&](const std::vector<double>& state, int gate, std::size_t j) {
      double sum = 0;
      for (std::int64_t k = 0; k < H; ++k) {
        const double f = c.recurrent_dropout ? at(a.recurrent_dropout, (gate * N + n) * H + k) : 1;
        sum += f * state[static_cast<std::size_t>(k)] *
               at(a.recurrent, k * G + gate * H + static_cast<std::int64_t>(j));
      }
      return sum;
    };
    for (std::int64_t k = 0; k < c.states; ++k) {
      const auto first = a.state[k]->values.begin() + n * H;
      s.states.emplace_back(first, first + H);
    }
    std::vector<double> output(s.units, 0.0);
    for (std::int64_t step = 0; step < T; ++step) {
      const std::int64_t time = c.backwards ? T - 1 - step : step;
      s.x_part = [&](int gate, std::size_t j) {
        double sum = 0;
        for (std::int64_t k = 0; k < I; ++k) {
          const double f = c.input_dropout ? at(a.input_dropout, (gate * N + n) * I + k) : 1;
          sum += f * at(a.x, (n * T + time) * I + k) *
                 at(a.kernel, k * G + gate * H + static_cast<std::int64_t>(j));
        }
        return sum;
      };
      if (!c.mask || at(a.mask, n * T + time) != 0) {
        s.states = c.step(s);
        output = s.states[0];
      } else if (c.zero_output) {
        std::fill(output.begin(), output.end(), 0.0);
      }
      if (c.sequences)
        std::copy(output.begin(), output.end(), out[0].values.begin() + (n * T + step) * H);
    }
    if (!c.sequences) std::copy(output.begin(), output.end(), out[0].values.begin() + n * H);
    for (std::size_t k = 0; k < s.states.size(); ++k)
      out[k + 1].values.insert(out[k + 1].values.end(), s.states[k].begin(), s.states[k].end());
  }
  return out;
}

std::vector<Tensor> inputs_of(const OpCase& c, DType dtype) {
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const Tensor t = make_input(c.inputs[i], i);
    out.push_back(t.dtype().is_floating() ? t.astype(dtype) : t);
  }
  return out;
}

/// Outputs and gradients of a weighted sum of those outputs whose bit is set in `used`. The first
/// output with a gradient of its own is enough for the weights: they are the same in all dtypes.
std::vector<Tensor> values_and_gradients(const OpCase& c, DType dtype, unsigned used, bool by_x) {
  const std::vector<Tensor> in = inputs_of(c, dtype);
  std::vector<Tensor> by;
  for (std::size_t i = by_x ? 0 : 1; i < in.size(); ++i) {
    if (c.inputs[i].differentiable && in[i].dtype().is_floating()) by.push_back(in[i]);
  }
  GradientTape tape;
  for (const Tensor& t : by) tape.watch(t);
  std::vector<Tensor> out = apply(find_op(c.op), in, Config(c.attrs).set("reserve", true));
  out.pop_back();
  Tensor loss;
  for (std::size_t k = 0; k < out.size(); ++k) {
    if ((used >> k & 1u) == 0) continue;
    const Tensor one = ops::sum(
        out[k] * make_input({out[k].shape(), DType::float32, -1, 1}, 50 + k).astype(dtype));
    loss = loss ? loss + one : one;
  }
  for (const Tensor& g : tape.gradient(loss, by)) out.push_back(g);
  return out;
}

}  // namespace

OpCase op_case(const RecurrentCase& c) {
  OpCase out;
  out.op = c.op;
  const double s = c.scale;
  const auto add = [&](const Shape& shape) -> CaseInput& {
    out.inputs.push_back({shape, DType::float32, -s, s});
    return out.inputs.back();
  };
  const std::int64_t columns = c.gates * c.h;
  add({c.n, c.t, c.i});
  for (std::int64_t k = 0; k < c.states; ++k) add({c.n, c.h});
  add({c.i, columns});
  add({c.h, columns});
  if (c.use_bias) add(c.reset_after ? Shape{2, columns} : Shape{columns});
  if (c.mask) out.inputs.push_back({{c.n, c.t}, DType::boolean});
  if (c.input_dropout) add({c.gates, c.n, c.i}).differentiable = false;
  if (c.recurrent_dropout) add({c.gates, c.n, c.h}).differentiable = false;
  out.attrs = {{"activation", c.activation},
               {"recurrent_activation", c.recurrent_activation},
               {"return_sequences", c.sequences},
               {"go_backwards", c.backwards},
               {"zero_output_for_mask", c.zero_output},
               {"use_bias", c.use_bias},
               {"use_mask", c.mask},
               {"input_dropout", c.input_dropout},
               {"recurrent_dropout", c.recurrent_dropout}};
  if (c.op == "gru") out.attrs.set("reset_after", c.reset_after);
  out.formula = [c](const std::vector<Array>& in) { return formula(c, in); };
  return out;
}

const std::vector<std::pair<std::string, double (*)(double)>>& cell_activations() {
  static const std::vector<std::pair<std::string, double (*)(double)>> all = {
      {"linear", [](double x) { return x; }},
      {"tanh", [](double x) { return std::tanh(x); }},
      {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }},
      {"relu", [](double x) { return std::max(x, 0.0); }},
      {"relu6", [](double x) { return std::clamp(x, 0.0, 6.0); }},
      {"leaky_relu", [](double x) { return x < 0 ? 0.2 * x : x; }},
      {"hard_sigmoid", [](double x) { return std::clamp(x + 3, 0.0, 6.0) / 6; }},
      {"hard_tanh", [](double x) { return std::clamp(x, -1.0, 1.0); }},
      {"elu", [](double x) { return x < 0 ? std::expm1(x) : x; }},
      {"selu",
       [](double x) {
         return 1.0507009873554805 * (x < 0 ? 1.6732632423543772 * std::expm1(x) : x);
       }},
      {"softplus", [](double x) { return std::log1p(std::exp(x)); }},
      {"softsign", [](double x) { return x / (1 + std::abs(x)); }},
      {"exponential", [](double x) { return std::exp(x); }}};
  return all;
}

const std::vector<RecurrentSize>& recurrent_sizes() {
  static const std::vector<RecurrentSize> all = {
      {1, 1, 1, 1},    {2, 3, 1, 4},    {5, 4, 3, 8},    {6, 7, 5, 15},   {7, 2, 16, 16},
      {9, 5, 17, 17},  {13, 3, 28, 31}, {32, 6, 20, 32}, {33, 3, 2, 33},  {3, 40, 4, 20},
      {64, 4, 30, 48}, {1, 50, 7, 64},  {70, 9, 11, 65}, {130, 2, 3, 128}};
  return all;
}

void check_against_double(const OpCase& c) {
  for (const unsigned used : {1u, 3u, 7u, 6u}) {
    const unsigned all = (1u << (c.op == "lstm" ? 3 : 2)) - 1;
    if ((used & all) == 0) continue;
    const auto one = values_and_gradients(c, DType::float32, used & all, used != 3);
    const auto two = values_and_gradients(c, DType::float64, used & all, used != 3);
    REQUIRE(one.size() == two.size());
    for (std::size_t i = 0; i < one.size(); ++i) {
      REQUIRE(static_cast<bool>(one[i]) == static_cast<bool>(two[i]));
      if (!one[i]) continue;
      check_close(to_array(one[i]), to_array(two[i]), 2e-5,
                  c.op + " of " + c.inputs[0].shape.to_string() + ", units " +
                      c.inputs[1].shape.to_string() + ", result " + std::to_string(i));
    }
  }
}

void check_threads(const OpCase& c) {
  const test::KeepSettings keep;
  set_deterministic(true);
  std::vector<Tensor> first;
  for (const int threads : {1, 2, 3}) {
    set_num_threads(threads);
    const std::vector<Tensor> now = values_and_gradients(c, DType::float32, 3, true);
    if (first.empty()) first = now;
    for (std::size_t i = 0; i < now.size(); ++i) {
      INFO(c.op << ", result " << i << ", " << threads << " threads");
      CHECK(same_bits(now[i], first[i]));
    }
  }
}

namespace {

/// Counts the outputs of the ops that it hears of.
struct Counter : detail::Listener {
  explicit Counter(std::string op) : op(std::move(op)) {}
  void applied(const OpDef& applied, const std::vector<Tensor>&, const Config&,
               const std::vector<Tensor>& outputs) override {
    if (applied.name == op) count = static_cast<int>(outputs.size());
  }
  void was_read(const Variable&, const Tensor&) override {}
  std::string op;
  int count = 0;
};

}  // namespace

std::vector<int> reserve_outputs(const OpCase& c) {
  const detail::CellKind& cell = c.op == "lstm" ? detail::lstm_cell : detail::gru_cell;
  std::vector<Tensor> in = inputs_of(c, DType::float32);
  const Tensor bias = in.back();
  in.pop_back();
  const Config attrs = Config(c.attrs).erase("use_bias");
  std::vector<int> out;
  out.push_back(static_cast<int>(detail::apply_recurrent(cell, in, {.bias = bias}, attrs).size()));
  Counter counter(c.op);
  detail::recording().tapes.push_back(&counter);
  detail::apply_recurrent(cell, in, {.bias = bias}, attrs);
  detail::recording().tapes.pop_back();
  out.push_back(counter.count);
  return out;
}

}  // namespace weft::testing
