// A pointwise_group as the kernel reads it: an argument of under 4 KiB. A step takes its operands
// from slots, a column of them to each thread, or has the result of the step before it at hand.
#pragma once
#include "backends/cuda/compiler_words.hpp"
#include "backends/cuda/index.hpp"
#include "backends/cuda/pointwise_functor.hpp"
#include "backends/shapes/group_layout.hpp"

namespace weft::cuda {
using kernels::GroupLayout;

struct GroupInput {
  const void* data = nullptr;
  IndexDivisor period;
  unsigned char layout = 0;  ///< GroupLayout::Kind
  bool is_bool = false;      ///< a byte to an element; in slots bools are 0 and 1
  bool vectors = false;      ///< whether four elements may be loaded at once
};

struct GroupStep {
  static constexpr unsigned char none = 255, last_result = 254;
  unsigned char op = 0;  ///< the place in PointwiseFunctors, or one of GroupCode
  unsigned char attributes = none;
  unsigned char operand[3] = {none, none, none};  ///< slots, or last_result
  unsigned char result = none;                    ///< a slot, where a later step needs it
};

struct GroupOutput {
  void* data = nullptr;
  unsigned char step = 0;  ///< after which it is stored
  bool is_bool = false, vectors = false;
};

struct GroupProgram {
  static constexpr int most_inputs = weft::detail::max_group_inputs,
                       most_steps = weft::detail::max_group_steps, most_outputs = 32,
                       most_attributes = 48;
  std::int64_t size = 0;  ///< elements of the whole
  const unsigned* refused = nullptr;
  int inputs = 0, steps = 0, outputs = 0, slots = 0;  ///< input i is in slot i at first
  GroupInput input[most_inputs];
  GroupStep step[most_steps];
  GroupOutput output[most_outputs];  ///< by step
  FunctorBytes attributes[most_attributes];
};
static_assert(sizeof(GroupProgram) <= 4096);

}  // namespace weft::cuda
