#include "backends/cuda/cudnn/recurrent.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <vector>

#include "backends/cuda/cudnn/data_type.hpp"

namespace weft::cuda::cudnn {
namespace {

// float32 may be rounded to TF32 by DEFAULT and never is by FMA; the two-byte types get tensor
// cores by TENSOR_OP alone, which rounds nothing that is not of two bytes already.
cudnnMathType_t math_of(const RecurrentDescription& d) {
  if (d.dtype.itemsize() == 2) return CUDNN_TENSOR_OP_MATH;
  return d.dtype == DType::float32 && !d.tf32 ? CUDNN_FMA_MATH : CUDNN_DEFAULT_MATH;
}

// Two biases also for an LSTM, whose bias is one in Keras: cuDNN's other algorithms take nothing
// else, and the second is zeros.
void set_cell(const RnnDescriptor& cell, const RecurrentDescription& d) {
  const cudnnDataType_t sums = d.dtype == DType::float64 ? CUDNN_DATA_DOUBLE : CUDNN_DATA_FLOAT;
  const auto inputs = static_cast<std::int32_t>(d.inputs),
             units = static_cast<std::int32_t>(d.units);
  constexpr std::int32_t layers = 1;
  const cudnnDropoutDescriptor_t no_dropout = nullptr;
  check(cudnnSetRNNDescriptor_v8(cell.raw(), CUDNN_RNN_ALGO_STANDARD,
                                 d.cell == RecurrentCell::lstm ? CUDNN_LSTM : CUDNN_GRU,
                                 CUDNN_RNN_DOUBLE_BIAS, CUDNN_UNIDIRECTIONAL, CUDNN_LINEAR_INPUT,
                                 type_of(d.dtype), sums, math_of(d), inputs, units, units, layers,
                                 no_dropout, CUDNN_RNN_PADDED_IO_ENABLED),
        "describing a recurrent cell");
}

// cuDNN copies the lengths.
void set_sequences(const RnnDataDescriptor& data, const RecurrentDescription& d,
                   std::int64_t width) {
  const auto steps = static_cast<int>(d.steps), batch = static_cast<int>(d.batch);
  const std::vector<int> lengths(static_cast<std::size_t>(batch), steps);
  check(cudnnSetRNNDataDescriptor(data.raw(), type_of(d.dtype),
                                  CUDNN_RNN_DATA_LAYOUT_BATCH_MAJOR_UNPACKED, steps, batch,
                                  static_cast<int>(width), lengths.data(), nullptr),
        "describing sequences");
}

void set_state(const TensorDescriptor& state, const RecurrentDescription& d) {
  const auto batch = static_cast<int>(d.batch), units = static_cast<int>(d.units);
  const std::array<int, 3> dims = {1, batch, units}, strides = {batch * units, units, 1};
  check(cudnnSetTensorNdDescriptor(state.raw(), type_of(d.dtype), static_cast<int>(dims.size()),
                                   dims.data(), strides.data()),
        "describing a state");
}

/// cuDNN's number of the gate that is number `gate` in Keras: i, f, c, o are the same in both;
/// Keras's z, r, h are cuDNN's r, z, h.
int cudnn_gate(RecurrentCell cell, int gate) {
  constexpr std::array<int, 3> of_gru = {1, 0, 2};
  return cell == RecurrentCell::lstm ? gate : of_gru[static_cast<std::size_t>(gate)];
}

/// What cuDNN told of a matrix or a bias.
struct Told {
  static constexpr int most = 8;
  std::array<int, most> dims{}, strides{};
  cudnnDataType_t type{};
  int rank = 0;

  explicit Told(const TensorDescriptor& form) {
    check(cudnnGetTensorNdDescriptor(form.raw(), most, &type, &rank, dims.data(), strides.data()),
          "reading where weights are");
  }
  /// Whether it is dense, its rows one after the other; sizes of 1 are of no matter.
  bool is_matrix(std::int64_t rows, std::int64_t columns) const {
    std::vector<std::int64_t> sizes;
    std::int64_t step = 1;
    for (int i = rank; i-- > 0;) {
      const auto at = static_cast<std::size_t>(i);
      if (dims[at] == 1) continue;
      if (strides[at] != step) return false;
      step *= dims[at];
      sizes.insert(sizes.begin(), dims[at]);
    }
    std::vector<std::int64_t> expected;
    for (std::int64_t size : {rows, columns}) {
      if (size != 1) expected.push_back(size);
    }
    return rank > 0 && sizes == expected;
  }
  std::string text() const {
    const auto count = static_cast<std::size_t>(rank);
    return fmt::format("({}), strides ({})", fmt::join(dims.begin(), dims.begin() + count, ", "),
                       fmt::join(strides.begin(), strides.begin() + count, ", "));
  }
};

/// Where a matrix [rows, columns] or a bias begins, in elements.
std::int64_t place_of(const TensorDescriptor& form, const std::byte* base, const void* address,
                      const RecurrentDescription& d, std::int64_t rows, std::int64_t columns) {
  const Told told(form);
  const auto bytes = static_cast<std::int64_t>(reinterpret_cast<std::uintptr_t>(address) -
                                               reinterpret_cast<std::uintptr_t>(base));
  const auto item = static_cast<std::int64_t>(d.dtype.itemsize());
  if (address == nullptr || !told.is_matrix(rows, columns) || told.type != type_of(d.dtype) ||
      bytes % item != 0)
    throw DeviceError(fmt::format(
        "cuDNN: the weights of a recurrent cell are not where they are expected. Expected: ({}, "
        "{}), dense. Received: {}, at byte {}.",
        rows, columns, told.text(), bytes));
  return bytes / item;
}

}  // namespace

RecurrentDescriptors::RecurrentDescriptors(const RecurrentDescription& d) {
  set_cell(cell, d);
  set_sequences(x, d, d.inputs);
  set_sequences(y, d, d.units);
  set_state(state, d);
}

RecurrentSpaces spaces_of(cudnnHandle_t handle, const RecurrentDescriptors& descriptors,
                          bool training) {
  RecurrentSpaces s;
  check(cudnnGetRNNWeightSpaceSize(handle, descriptors.cell.raw(), &s.weights),
        "asking for the size of a recurrent cell's weights");
  check(cudnnGetRNNTempSpaceSizes(handle, descriptors.cell.raw(),
                                  training ? CUDNN_FWD_MODE_TRAINING : CUDNN_FWD_MODE_INFERENCE,
                                  descriptors.x.raw(), &s.work, &s.reserve),
        "asking for the memory of a recurrent cell");
  if (!training) s.reserve = 0;
  return s;
}

// The reserve: gates, states and outputs of all steps, twice. The work space: the sums of all gates
// and their gradients, x and the outputs in another order, the weights, and what products want.
RecurrentSpaces bounds_of(const RecurrentDescription& d, bool training) {
  constexpr std::size_t of_products = std::size_t{32} << 20;
  const std::int64_t rows = d.batch * d.steps, gates = d.gates() + 2;
  RecurrentSpaces s;
  s.weights = d.bytes(d.gates() * d.units * (d.inputs + d.units + 2));
  s.work = d.bytes(rows * (2 * gates * d.units + d.inputs)) + s.weights + of_products;
  if (training) s.reserve = d.bytes(2 * rows * gates * d.units);
  return s;
}

RecurrentWeights weights_of(cudnnHandle_t handle, const RecurrentDescription& d,
                            const RecurrentDescriptors& descriptors, std::size_t weight_bytes) {
  // An address to count from: null would be how cuDNN says that something is missing. Nothing is
  // read there.
  alignas(256) static std::byte base;
  RecurrentWeights w{.gates = d.gates(),
                     .bias_rows = d.cell == RecurrentCell::gru ? 2 : 1,
                     .inputs = d.inputs,
                     .units = d.units,
                     .item_bytes = d.dtype.itemsize()};
  const TensorDescriptor matrix_form, bias_form;
  for (int part = 0; part < 2; ++part) {
    for (int gate = 0; gate < w.gates; ++gate) {
      constexpr std::int32_t only_layer = 0;
      void *matrix = nullptr, *bias = nullptr;
      check(cudnnGetRNNWeightParams(handle, descriptors.cell.raw(), only_layer, weight_bytes, &base,
                                    part * w.gates + cudnn_gate(d.cell, gate), matrix_form.raw(),
                                    &matrix, bias_form.raw(), &bias),
            "asking where a recurrent cell's weights are");
      const std::int64_t width = part == 0 ? d.inputs : d.units;
      std::int64_t* matrices = part == 0 ? w.kernel : w.recurrent_kernel;
      matrices[gate] = place_of(matrix_form, &base, matrix, d, d.units, width);
      w.bias[part][gate] = place_of(bias_form, &base, bias, d, d.units, 1);
    }
  }
  return w;
}

}  // namespace weft::cuda::cudnn
