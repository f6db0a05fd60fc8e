#include <weft/core/error.h>
#include <weft/core/ops/lstm.h>
#include <weft/core/ops/reduce.h>
#include <weft/graph/trace/tape.h>

#include <cmath>

#include "tests/harness/keep_settings.h"
#include "tests/ops/recurrent.h"

namespace weft::testing {
namespace {

/// One step by the textbook.
std::vector<std::vector<double>> step(const CellStep& s) {
  const auto pre = [&](int gate, std::size_t j) {
    return s.x_part(gate, j) + s.h_part(gate, j) + s.bias(0, gate, j);
  };
  std::vector<double> h, c;
  for (std::size_t j = 0; j < s.units; ++j) {
    const double kept = s.recurrent(pre(1, j)) * s.states[1][j];
    c.push_back(kept + s.recurrent(pre(0, j)) * s.activation(pre(2, j)));
    h.push_back(s.recurrent(pre(3, j)) * s.activation(c.back()));
  }
  return {h, c};
}

OpCase lstm_case(RecurrentCase c) {
  c.op = "lstm";
  c.gates = 4;
  c.states = 2;
  c.step = step;
  return op_case(c);
}

}  // namespace

TEST_CASE("lstm: a setting that changes before the gradient is asked for", "[conformance]") {
  const test::KeepSettings keep;
  const Tensor x = make_input({{2, 3, 4}, DType::float32}, 1),
               h = make_input({{2, 5}, DType::float32}, 2),
               kernel = make_input({{4, 20}, DType::float32}, 3),
               recurrent = make_input({{5, 20}, DType::float32}, 4),
               bias = make_input({{20}, DType::float32}, 5);
  const auto gradient = [&](bool before, bool after) {
    GradientTape tape;
    tape.watch(x);
    set_deterministic(before);
    const Tensor y = ops::lstm(x, h, h, kernel, recurrent, bias)[0];
    set_deterministic(after);
    return tape.gradient(ops::sum(y), std::vector<Tensor>{x})[0].to_vector<double>();
  };
  const std::vector<double> expected = gradient(false, false);
  for (const bool before : {false, true}) {
    const std::vector<double> changed = gradient(before, !before);
    REQUIRE(changed.size() == expected.size());
    for (std::size_t i = 0; i < changed.size(); ++i)
      CHECK(changed[i] == Approx(expected[i]).epsilon(1e-4).margin(1e-6));
  }
}

TEST_CASE("lstm: values, gradients and plans", "[conformance]") {
  for (const bool sequences : {false, true}) {
    for (const bool mask : {false, true}) {
      OpCase c = lstm_case({.n = 3, .t = 4, .i = 2, .h = 3, .sequences = sequences, .mask = mask});
      c.more_dtypes = {DType::float16, DType::bfloat16, DType::float64};
      run_case(c);
    }
  }
}

TEST_CASE("lstm: backwards, zeros for masked steps, no bias", "[conformance]") {
  for (const bool mask : {false, true}) {
    run_case(lstm_case({.sequences = true, .mask = mask, .backwards = true}));
    run_case(lstm_case({.mask = mask, .backwards = true, .use_bias = false}));
  }
  run_case(lstm_case({.sequences = true, .mask = true, .zero_output = true}));
  run_case(lstm_case({.sequences = false, .mask = true, .zero_output = true}));
}

TEST_CASE("lstm: dropout factors for each gate", "[conformance]") {
  run_case(lstm_case({.sequences = true, .mask = true, .input_dropout = true}));
  run_case(lstm_case({.recurrent_dropout = true}));
  run_case(lstm_case({.backwards = true, .input_dropout = true, .recurrent_dropout = true}));
}

TEST_CASE("lstm: sizes that fill no vector, one step, none", "[conformance]") {
  run_case(lstm_case({.n = 1, .t = 1, .i = 1, .h = 1}));
  run_case(lstm_case({.n = 7, .t = 3, .i = 5, .h = 17, .sequences = true, .mask = true}));
  OpCase empty = lstm_case({.n = 2, .t = 0, .i = 2, .h = 3});
  empty.gradient = false;
  run_case(empty);
  empty = lstm_case({.n = 0, .t = 2, .i = 2, .h = 3, .sequences = true});
  empty.gradient = false;
  run_case(empty);
}

TEST_CASE("lstm: every activation that cells compute", "[conformance]") {
  for (const auto& [name, f] : cell_activations()) {
    INFO(name);
    run_case(lstm_case({.sequences = true, .activation = name}));
    run_case(lstm_case({.mask = true, .recurrent_activation = name}));
  }
  run_case(lstm_case({.sequences = true, .mask = true, .recurrent_activation = "hard_sigmoid"}));
}

TEST_CASE("lstm: activations have the bits of the ops of their names", "[conformance]") {
  // Without x and h the gates' sums are the bias.
  constexpr std::int64_t units = 150;
  const auto zeros = [](const Shape& shape) {
    return Tensor::from(std::vector<float>(static_cast<std::size_t>(shape.size())), shape);
  };
  const Tensor bias = make_input({{4, units}, DType::float32, -8, 8}), state = zeros({1, units});
  for (const auto& [name, formula] : cell_activations()) {
    if (name == "linear") continue;
    INFO(name);
    const std::string op = name == "exponential" ? "exp" : name;
    const auto f = [&](const Tensor& x) { return apply_one(op, {x}); };
    const Tensor y =
        ops::lstm(zeros({1, 1, 2}), state, state, zeros({2, 4 * units}), zeros({units, 4 * units}),
                  bias.reshape({4 * units}), {.activation = name, .recurrent_activation = name})[0];
    const Tensor c = f(bias.slice({0})) * f(bias.slice({2})), by_ops = f(bias.slice({3})) * f(c);
    CHECK(y.to_vector<float>() == by_ops.to_vector<float>());
  }
}

TEST_CASE("lstm: float32 agrees with float64, whatever the size", "[conformance]") {
  for (const RecurrentSize& size : recurrent_sizes()) {
    for (const bool mask : {false, true}) {
      check_against_double(lstm_case({.n = size.n,
                                      .t = size.t,
                                      .i = size.i,
                                      .h = size.h,
                                      .sequences = (size.n + size.h) % 2 == 0,
                                      .mask = mask,
                                      .backwards = size.t % 2 == 0,
                                      .scale = 0.3}));
    }
  }
}

TEST_CASE("lstm: the same bits for any number of threads when deterministic", "[conformance]") {
  check_threads(lstm_case({.n = 70, .t = 5, .i = 9, .h = 24, .sequences = true, .mask = true}));
}

TEST_CASE("lstm keeps no reserve where nobody asks for gradients", "[conformance]") {
  CHECK(reserve_outputs(lstm_case({.sequences = true})) == std::vector<int>{3, 4});
}

TEST_CASE("lstm says what does not fit", "[errors]") {
  const Tensor x = make_input({{2, 5, 3}}), h = make_input({{2, 4}}), w = make_input({{3, 16}}),
               u = make_input({{4, 16}}), b = make_input({{16}});
  const auto error = [&](auto call) { return test::error_of<ShapeError>(call); };
  CHECK(error([&] {
          ops::lstm(make_input({{5, 3}}), h, h, w, u, b);
        }) ==
        "lstm: x has the wrong rank. Expected: [batch, steps, features]. Received: x.shape=(5, 3)");
  CHECK(error([&] {
          ops::lstm(x, h, make_input({{2, 5}}), w, u, b);
        }) == "lstm: initial state c has the wrong shape. Expected: (2, 4). Received: (2, 5)");
  CHECK(error([&] {
          ops::lstm(x, make_input({{3, 4}}), h, w, u, b);
        }) == "lstm: initial state h has the wrong shape. Expected: (2, 4). Received: (3, 4)");
  CHECK(error([&] {
          ops::lstm(x, h, h, make_input({{3, 12}}), u, b);
        }) == "lstm: kernel has the wrong shape. Expected: (3, 16). Received: (3, 12)");
  CHECK(error([&] {
          ops::lstm(x, h, h, w, make_input({{4, 12}}), b);
        }) == "lstm: recurrent_kernel has the wrong shape. Expected: (4, 16). Received: (4, 12)");
  CHECK(error([&] { ops::lstm(x, h, h, w, u, make_input({{4}})); }) ==
        "lstm: bias has the wrong shape. Expected: (16,). Received: (4,)");
  const Tensor mask = make_input({{2, 4}, DType::boolean});
  CHECK(error([&] { ops::lstm(x, h, h, w, u, b, {.mask = mask}); }) ==
        "lstm: mask has the wrong shape. Expected: (2, 5). Received: (2, 4)");
  CHECK(error([&] { ops::lstm(x, h, h, w, u, b, {.recurrent_dropout = h}); }) ==
        "lstm: recurrent_dropout has the wrong shape. Expected: (4, 2, 4). Received: (2, 4)");
  CHECK(test::error_of<DtypeError>([&] {
          ops::lstm(x, h, h, w, u, b, {.mask = make_input({{2, 5}})});
        }) == "lstm: the mask is not of dtype bool. Expected: bool. Received: float32");
  CHECK(test::error_of<DtypeError>([&] { ops::lstm(x, h, h, w, u, b.astype("float64")); }) ==
        "lstm: the inputs have several dtypes. Expected: float32. Received: float64 (input 5)");
  CHECK_THAT(test::error_of<Error>([&] { ops::lstm(x, h, h, w, u, b, {.activation = "gelu"}); }),
             Catch::Matchers::Contains("lstm: `activation` is none that the op computes"));
}

}  // namespace weft::testing
