#include <weft/core/error.h>
#include <weft/core/ops/gru.h>

#include "tests/ops/recurrent.h"

namespace weft::testing {
namespace {

/// One step by the textbook.
std::vector<std::vector<double>> step_after(const CellStep& s) {
  std::vector<double> h;
  for (std::size_t j = 0; j < s.units; ++j) {
    const auto x = [&](int gate) { return s.x_part(gate, j) + s.bias(0, gate, j); };
    const auto u = [&](int gate) { return s.h_part(gate, j) + s.bias(1, gate, j); };
    const double z = s.recurrent(x(0) + u(0)), r = s.recurrent(x(1) + u(1));
    h.push_back(z * s.states[0][j] + (1 - z) * s.activation(x(2) + r * u(2)));
  }
  return {h};
}

std::vector<std::vector<double>> step_before(const CellStep& s) {
  std::vector<double> h, reset;
  const auto gate = [&](int g, std::size_t j) {
    return s.recurrent(s.x_part(g, j) + s.h_part(g, j) + s.bias(0, g, j));
  };
  for (std::size_t j = 0; j < s.units; ++j) reset.push_back(gate(1, j) * s.states[0][j]);
  for (std::size_t j = 0; j < s.units; ++j) {
    const double z = gate(0, j);
    const double c = s.activation(s.x_part(2, j) + s.bias(0, 2, j) + s.product(reset, 2, j));
    h.push_back(z * s.states[0][j] + (1 - z) * c);
  }
  return {h};
}

OpCase gru_case(RecurrentCase c) {
  c.op = "gru";
  c.gates = 3;
  c.states = 1;
  c.step = c.reset_after ? step_after : step_before;
  return op_case(c);
}

}  // namespace

TEST_CASE("gru: values, gradients and plans", "[conformance]") {
  for (const bool after : {false, true}) {
    for (const bool mask : {false, true}) {
      OpCase c = gru_case({.n = 3,
                           .t = 4,
                           .i = 2,
                           .h = 3,
                           .sequences = mask != after,
                           .mask = mask,
                           .reset_after = after});
      c.more_dtypes = {DType::float16, DType::bfloat16, DType::float64};
      run_case(c);
    }
  }
}

TEST_CASE("gru: backwards, zeros for masked steps, no bias", "[conformance]") {
  for (const bool after : {false, true}) {
    run_case(gru_case({.sequences = true, .mask = true, .backwards = true, .reset_after = after}));
    run_case(gru_case({.backwards = true, .use_bias = false, .reset_after = after}));
    run_case(
        gru_case({.sequences = true, .mask = true, .zero_output = true, .reset_after = after}));
  }
}

TEST_CASE("gru: dropout factors for each gate", "[conformance]") {
  for (const bool after : {false, true}) {
    run_case(
        gru_case({.sequences = true, .mask = true, .input_dropout = true, .reset_after = after}));
    run_case(gru_case({.recurrent_dropout = true, .reset_after = after}));
  }
}

TEST_CASE("gru: sizes that fill no vector, one step, none", "[conformance]") {
  for (const bool after : {false, true}) {
    run_case(gru_case({.n = 1, .t = 1, .i = 1, .h = 1, .reset_after = after}));
    run_case(gru_case(
        {.n = 7, .t = 3, .i = 5, .h = 17, .sequences = true, .mask = true, .reset_after = after}));
  }
  OpCase empty = gru_case({.n = 2, .t = 0, .i = 2, .h = 3});
  empty.gradient = false;
  run_case(empty);
}

TEST_CASE("gru: every activation that cells compute", "[conformance]") {
  for (const auto& [name, f] : cell_activations()) {
    INFO(name);
    run_case(gru_case({.sequences = true, .activation = name, .reset_after = true}));
    run_case(gru_case({.mask = true, .recurrent_activation = name}));
  }
}

TEST_CASE("gru: float32 agrees with float64, whatever the size", "[conformance]") {
  for (const RecurrentSize& size : recurrent_sizes()) {
    for (const bool mask : {false, true}) {
      check_against_double(gru_case({.n = size.n,
                                     .t = size.t,
                                     .i = size.i,
                                     .h = size.h,
                                     .sequences = (size.n + size.h) % 2 == 0,
                                     .mask = mask,
                                     .backwards = size.t % 2 == 0,
                                     .scale = 0.3,
                                     .reset_after = true}));
    }
  }
}

TEST_CASE("gru: the same bits for any number of threads when deterministic", "[conformance]") {
  check_threads(gru_case(
      {.n = 70, .t = 5, .i = 9, .h = 24, .sequences = true, .mask = true, .reset_after = true}));
}

TEST_CASE("gru keeps no reserve where nobody asks for gradients", "[conformance]") {
  CHECK(reserve_outputs(gru_case({.sequences = true})) == std::vector<int>{2, 3});
}

TEST_CASE("gru says what does not fit", "[errors]") {
  const Tensor x = make_input({{2, 5, 3}}), h = make_input({{2, 4}}), w = make_input({{3, 12}}),
               u = make_input({{4, 12}}), b = make_input({{2, 12}});
  const auto error = [&](auto call) { return test::error_of<ShapeError>(call); };
  CHECK(error([&] {
          ops::gru(x, make_input({{2, 5}}), w, u, b);
        }) == "gru: initial state h has the wrong shape. Expected: (2, 4). Received: (2, 5)");
  CHECK(error([&] {
          ops::gru(x, h, make_input({{3, 16}}), u, b);
        }) == "gru: kernel has the wrong shape. Expected: (3, 12). Received: (3, 16)");
  CHECK(error([&] { ops::gru(x, h, w, u, make_input({{12}})); }) ==
        "gru: bias has the wrong shape. Expected: (2, 12). Received: (12,)");
  CHECK(error([&] { ops::gru(x, h, w, u, b, {.reset_after = false}); }) ==
        "gru: bias has the wrong shape. Expected: (12,). Received: (2, 12)");
}

}  // namespace weft::testing
