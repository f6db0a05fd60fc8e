// cuDNN's RNN functions that need a device, without one: plain loops in double on this machine's
// memory, in the order of the emulated device's stream. Where the weights are and what is in the
// reserve is of its own invention; all that it is not told in cuDNN's documentation it refuses.
#pragma once
#include <cstddef>

namespace weft::test {

struct RecurrentCalls {
  std::size_t trained = 0, inferred = 0;  ///< forward passes
  std::size_t data = 0, weights = 0;      ///< gradients
};
RecurrentCalls& recurrent_calls();

}  // namespace weft::test
