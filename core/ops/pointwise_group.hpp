// pointwise_group: several pointwise ops as one, which a pass of the plan puts together so that
// what they hand to each other never leaves the cache. Its attributes are the program, in a form
// that a dump shows:
//
//   %9 = pointwise_group(%4, %7, %2) float32 (64, 512)
//        {'ops': ['add', 'relu', 'multiply'], 'operands': [[0, 1], [3], [4, 2]], 'outputs': [5]}
//
//   ops       the names of the ops, in an order in which they can be computed
//   operands  for each of them the numbers of its operands: 0 to n-1 are the n inputs of the group,
//             n + i is the result of ops[i], i less than its own place
//   outputs   which numbers are the outputs of the group, at least one; results, not inputs
//   attrs     for each op its attributes; left out when none has any
//
// So the example is relu(%4 + %7) * %2. Inputs broadcast as they do for the ops alone; every output
// has the shape of the whole group, that of all inputs broadcast against each other. A smaller
// result in between is fine ([C] + [C], added to [N, C]).
//
// Traits: pointwise. Any output may be the memory of any input of its own shape (a variable that is
// read and written, an input that dies): kernels read element i of every input before they write
// element i of an output.
#pragma once
#include <weft/core/op.h>

#include <vector>

namespace weft::detail {

/// The attributes of a pointwise_group as a struct.
struct PointwiseProgram {
  struct Step {
    const OpDef* op = nullptr;
    Config attrs;
    std::vector<int> operands;
  };
  int inputs = 0;
  std::vector<Step> steps;
  std::vector<int> outputs;

  Config to_attrs() const;
  /// Throws GraphError where the attributes are not as described above.
  static PointwiseProgram from_attrs(const Config& attrs, int inputs);
  /// The specs of all numbers, inputs first.
  std::vector<TensorSpec> infer(const std::vector<TensorSpec>& inputs) const;
};

inline constexpr int max_group_inputs = 24;  ///< of a group that runs fast
inline constexpr int max_group_steps = 64;

/// Whether an op on such inputs can be a step of a group that runs fast: an op of
/// core/ops/pointwise on float32 (or bool, where the op takes bools), or a cast between the two.
bool can_be_grouped(const OpDef& op, const std::vector<TensorSpec>& inputs,
                    const std::vector<TensorSpec>& outputs);

/// Whether an input may enter a group whose outputs have the shape `whole`: the same shape, one
/// element, rows ([C] or [1, C] in [N, C]) or columns ([N, 1] in [N, C]).
bool can_enter_group(const Shape& input, const Shape& whole);

}  // namespace weft::detail
