// LSTM and GRU as cuDNN's RNN functions know them: their descriptors, the memory that they want,
// and where they have their weights.
#pragma once
#include <weft/core/dtype.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#include "backends/cuda/cudnn/descriptor.hpp"
#include "backends/cuda/recurrent_weights.hpp"

namespace weft::cuda::cudnn {

enum class RecurrentCell { lstm, gru };

/// One layer in one direction over sequences of one length: x `[batch, steps, inputs]`.
struct RecurrentDescription {
  RecurrentCell cell = RecurrentCell::lstm;
  DType dtype = DType::float32;
  std::int64_t batch = 0, steps = 0, inputs = 0, units = 0;
  /// Whether products of float32 may be made of operands rounded to TF32.
  bool tf32 = false;

  static constexpr std::int64_t most_steps = 65535;

  int gates() const { return cell == RecurrentCell::lstm ? 4 : 3; }
  bool has_cell_state() const { return cell == RecurrentCell::lstm; }
  std::size_t bytes(std::int64_t count) const {
    return static_cast<std::size_t>(count) * dtype.itemsize();
  }
};

/// A descriptor of cuDNN's older kind, one made and destroyed by functions of its own.
template <class Raw, cudnnStatus_t (*make)(Raw*), cudnnStatus_t (*destroy)(Raw)>
class OwnedDescriptor {
 public:
  OwnedDescriptor() { check(make(&raw_), "making a descriptor"); }
  ~OwnedDescriptor() {
    if (raw_ != nullptr) destroy(raw_);
  }
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  OwnedDescriptor(const OwnedDescriptor&) = delete;
  OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;
  Raw raw() const { return raw_; }

 private:
  Raw raw_ = nullptr;
};
using RnnDescriptor =
    OwnedDescriptor<cudnnRNNDescriptor_t, cudnnCreateRNNDescriptor, cudnnDestroyRNNDescriptor>;
using RnnDataDescriptor = OwnedDescriptor<cudnnRNNDataDescriptor_t, cudnnCreateRNNDataDescriptor,
                                          cudnnDestroyRNNDataDescriptor>;
using TensorDescriptor = OwnedDescriptor<cudnnTensorDescriptor_t, cudnnCreateTensorDescriptor,
                                         cudnnDestroyTensorDescriptor>;

/// All that a description is to cuDNN. No device is needed. Throws DeviceError when cuDNN does not
/// take it.
struct RecurrentDescriptors {
  explicit RecurrentDescriptors(const RecurrentDescription& description);

  RnnDescriptor cell;
  RnnDataDescriptor x, y;
  TensorDescriptor state;  ///< of h and c
};

/// What cuDNN wants for itself, in bytes.
struct RecurrentSpaces {
  std::size_t weights = 0;
  std::size_t work = 0;     ///< of no interest between calls
  std::size_t reserve = 0;  ///< from the forward pass to the gradients; 0 where none are wanted
};
RecurrentSpaces spaces_of(cudnnHandle_t handle, const RecurrentDescriptors& descriptors,
                          bool training);

/// The same where no device can be asked: estimated, generously.
RecurrentSpaces bounds_of(const RecurrentDescription& description, bool training);

/// Throws DeviceError when cuDNN has the weights in another form than rows of dense matrices.
RecurrentWeights weights_of(cudnnHandle_t handle, const RecurrentDescription& description,
                            const RecurrentDescriptors& descriptors, std::size_t weight_bytes);

}  // namespace weft::cuda::cudnn
