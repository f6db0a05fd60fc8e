// The weights of a recurrent cell, from Keras's layout to cuDNN's and back.
#pragma once
#include <cstddef>
#include <cstdint>

namespace weft::cuda {

/// Where cuDNN has the parts of a cell's weights. Keras's kernels are `[inputs, gates units]` and
/// `[units, gates units]`, its bias `[rows, gates units]`; cuDNN has a matrix `[units, inputs]` or
/// `[units, units]` and two biases `[units]` for each gate. Offsets are in elements from the
/// beginning of cuDNN's weight space, those of gates in Keras's order.
struct RecurrentWeights {
  static constexpr int most_gates = 4;

  int gates = 0;
  int bias_rows = 1;  ///< of Keras's bias; where it is one, cuDNN's bias of the state is zero
  std::int64_t inputs = 0, units = 0;
  std::size_t item_bytes = 0;  ///< of an element: 2, 4 or 8
  std::int64_t kernel[most_gates] = {}, recurrent_kernel[most_gates] = {};
  std::int64_t bias[2][most_gates] = {};  ///< of the inputs, of the state

  /// Elements of all parts together.
  std::int64_t count() const { return gates * units * (inputs + units + 2); }
};

/// A cell's weights, or their gradients, in Keras's layout.
template <class P>
struct KerasWeights {
  P kernel, recurrent_kernel, bias;
};

/// Writes all parts of `packed`, cuDNN's weight space, from Keras's weights; what lies between the
/// parts stays. Everything lies on the device; `stream` is that of KernelArgs.
void pack_weights(const RecurrentWeights& layout, const KerasWeights<const void*>& from,
                  void* packed, void* stream);
/// The way back, that of gradients. Where Keras has one bias, it gets that of cuDNN's inputs.
void unpack_weights(const RecurrentWeights& layout, const void* packed,
                    const KerasWeights<void*>& to, void* stream);

}  // namespace weft::cuda
