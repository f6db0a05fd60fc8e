// Cases of lstm and gru: an op over whole sequences beside a loop by the textbook, in double.
#pragma once
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/op_case.h"

namespace weft::testing {

/// What one step of one sequence is made of.
struct CellStep {
  std::size_t units;
  std::function<double(int gate, std::size_t j)> x_part;  ///< (x kernel)[gate, j], dropout in it
  /// (state recurrent_kernel)[gate, j], dropout in it.
  std::function<double(const std::vector<double>& state, int gate, std::size_t j)> product;
  std::function<double(int row, int gate, std::size_t j)> bias;
  std::vector<std::vector<double>> states;
  std::function<double(double)> activation, recurrent;

  double h_part(int gate, std::size_t j) const { return product(states[0], gate, j); }
};
/// The new states; the first is the output.
using CellFunction = std::vector<std::vector<double>> (*)(const CellStep&);

struct RecurrentCase {
  std::int64_t n = 2, t = 3, i = 2, h = 3;
  bool sequences = false, mask = false, backwards = false, zero_output = false, use_bias = true;
  bool input_dropout = false, recurrent_dropout = false;
  std::string activation = "tanh", recurrent_activation = "sigmoid";
  double scale = 1;  ///< of all numbers
  bool reset_after = false;
  std::string op = {};  // what follows is set per op
  std::int64_t gates = 0, states = 0;
  CellFunction step = nullptr;
};

OpCase op_case(const RecurrentCase& c);

/// Keras's name and formula of each activation that cells compute.
const std::vector<std::pair<std::string, double (*)(double)>>& cell_activations();

struct RecurrentSize {
  std::int64_t n, t, i, h;
};
/// Sizes around those of vectors, tiles and blocks of the fast kernels.
const std::vector<RecurrentSize>& recurrent_sizes();

/// Values and gradients in float32, by whichever kernel is chosen, against those in float64; every
/// mixture of gradients of the outputs.
void check_against_double(const OpCase& c);
/// Values and gradients are the same bits with 1, 2 and 3 threads under set_deterministic.
void check_threads(const OpCase& c);
/// How many outputs the op has in a traced function without and with a tape around it.
std::vector<int> reserve_outputs(const OpCase& c);

}  // namespace weft::testing
