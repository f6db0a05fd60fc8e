#include "tests/cuda_plans/recurrent_on_host.hpp"

#include <cudnn.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends/cuda/emulate/host_api.hpp"
#include "backends/element.hpp"
#include "tests/cuda_plans/cudnn_on_host.hpp"

namespace weft::test {
namespace {

using Numbers = std::vector<double>;

void expect(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(std::string("cuDNN on the host: expected ") + what);
}

/// Numbers in memory as cuDNN has them.
struct Form {
  cudnnDataType_t type = CUDNN_DATA_FLOAT;

  std::size_t item_bytes() const {
    return type == CUDNN_DATA_DOUBLE ? 8 : type == CUDNN_DATA_FLOAT ? 4 : 2;
  }
  template <class T>
  static T bits(const char* from) {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
  }
  Numbers load(const void* memory, std::size_t n) const {
    expect(memory != nullptr, "an address");
    Numbers all(n);
    const char* from = static_cast<const char*>(memory);
    for (double& x : all) {
      if (type == CUDNN_DATA_DOUBLE)
        x = bits<double>(from);
      else if (type == CUDNN_DATA_FLOAT)
        x = bits<float>(from);
      else if (type == CUDNN_DATA_HALF)
        x = kernels::load(bits<Float16>(from));
      else
        x = kernels::load(bits<BFloat16>(from));
      from += item_bytes();
    }
    return all;
  }
  void store(const Numbers& all, void* memory) const {
    expect(memory != nullptr, "an address");
    char* to = static_cast<char*>(memory);
    const auto put = [&](auto value) {
      std::memcpy(to, &value, sizeof value);
      to += sizeof value;
    };
    for (double x : all) {
      if (type == CUDNN_DATA_DOUBLE)
        put(x);
      else if (type == CUDNN_DATA_FLOAT)
        put(static_cast<float>(x));
      else if (type == CUDNN_DATA_HALF)
        put(kernels::store<Float16>(x));
      else
        put(kernels::store<BFloat16>(x));
    }
  }
};

/// A cell over its sequences, as its descriptors say.
struct Cell : Form {
  bool gru = false;
  std::size_t n = 0, t = 0, i = 0, h = 0;

  std::size_t gates() const { return gru ? 3 : 4; }
  // The weights: biases before matrices, all from the last to the first, with gaps.
  static constexpr std::size_t gap = 3;
  std::size_t width(std::size_t id) const { return id < gates() ? i : h; }
  std::size_t bias(std::size_t id) const { return (2 * gates() - 1 - id) * (h + gap); }
  std::size_t matrix(std::size_t id) const {
    std::size_t at = 2 * gates() * (h + gap);
    for (std::size_t other = 2 * gates() - 1; other > id; --other) at += h * width(other) + gap;
    return at;
  }
  std::size_t weight_bytes() const { return item_bytes() * (matrix(0) + h * width(0) + gap); }
  // The reserve: a word that says what it holds, then five numbers of each unit in each step.
  static constexpr std::size_t kept = 5;
  std::size_t kept_count() const { return t * n * kept * h; }
  std::size_t reserve_bytes() const { return (1 + kept_count()) * sizeof(double); }
  std::size_t work_bytes() const { return 1000 + n * h * sizeof(double); }
};

Cell cell_of(cudnnRNNDescriptor_t from) {
  cudnnRNNAlgo_t algorithm{};
  cudnnRNNMode_t mode{};
  cudnnRNNBiasMode_t bias{};
  cudnnDirectionMode_t direction{};
  cudnnRNNInputMode_t input{};
  cudnnDataType_t type{}, sums{};
  cudnnMathType_t math{};
  std::int32_t inputs = 0, units = 0, projected = 0, layers = 0;
  cudnnDropoutDescriptor_t dropout = nullptr;
  std::uint32_t flags = 0;
  expect(cudnnGetRNNDescriptor_v8(from, &algorithm, &mode, &bias, &direction, &input, &type, &sums,
                                  &math, &inputs, &units, &projected, &layers, &dropout,
                                  &flags) == CUDNN_STATUS_SUCCESS,
         "a cell");
  expect(algorithm == CUDNN_RNN_ALGO_STANDARD && bias == CUDNN_RNN_DOUBLE_BIAS &&
             direction == CUDNN_UNIDIRECTIONAL && input == CUDNN_LINEAR_INPUT && layers == 1 &&
             projected == units && flags == CUDNN_RNN_PADDED_IO_ENABLED,
         "a plain cell with two biases");
  Cell c;
  c.type = type;
  c.gru = mode == CUDNN_GRU;
  c.i = static_cast<std::size_t>(inputs);
  c.h = static_cast<std::size_t>(units);
  return c;
}

void read_sequences(cudnnRNNDataDescriptor_t from, Cell& c, std::size_t width) {
  constexpr int most = 256;
  std::array<int, most> lengths{};
  cudnnDataType_t type{};
  cudnnRNNDataLayout_t layout{};
  int steps = 0, batch = 0, vector = 0;
  double padding = 0;
  expect(cudnnGetRNNDataDescriptor(from, &type, &layout, &steps, &batch, &vector, most,
                                   lengths.data(), &padding) == CUDNN_STATUS_SUCCESS,
         "sequences");
  expect(type == c.type && layout == CUDNN_RNN_DATA_LAYOUT_BATCH_MAJOR_UNPACKED && batch <= most &&
             vector == static_cast<int>(width),
         "sequences of the cell's kind");
  for (int s = 0; s < batch; ++s)
    expect(lengths[static_cast<std::size_t>(s)] == steps, "whole sequences");
  c.n = static_cast<std::size_t>(batch);
  c.t = static_cast<std::size_t>(steps);
}

void check_state(cudnnTensorDescriptor_t from, const Cell& c) {
  std::array<int, 3> dims{}, strides{};
  cudnnDataType_t type{};
  int rank = 0;
  cudnnGetTensorNdDescriptor(from, 3, &type, &rank, dims.data(), strides.data());
  const auto n = static_cast<int>(c.n), h = static_cast<int>(c.h);
  expect(rank == 3 && type == c.type && dims == std::array<int, 3>{1, n, h} &&
             strides == std::array<int, 3>{n * h, h, 1},
         "a dense state");
}

Cell cell_of(cudnnRNNDescriptor_t cell, cudnnRNNDataDescriptor_t x, cudnnRNNDataDescriptor_t y,
             cudnnTensorDescriptor_t h) {
  Cell c = cell_of(cell);
  read_sequences(x, c, c.i);
  read_sequences(y, c, c.h);
  check_state(h, c);
  return c;
}

/// The weights, or their gradients, by cuDNN's numbers: LSTM i, f, c', o; GRU r, z, h'; those of
/// the state behind those of x.
struct Weights {
  std::vector<Numbers> matrix, bias;

  Weights(const Cell& c, const void* packed) {
    const auto* at = static_cast<const char*>(packed);
    for (std::size_t id = 0; id < 2 * c.gates(); ++id) {
      matrix.push_back(c.load(at + c.matrix(id) * c.item_bytes(), c.h * c.width(id)));
      bias.push_back(c.load(at + c.bias(id) * c.item_bytes(), c.h));
    }
  }
  void store(const Cell& c, void* packed) const {
    auto* at = static_cast<char*>(packed);
    for (std::size_t id = 0; id < 2 * c.gates(); ++id) {
      c.store(matrix[id], at + c.matrix(id) * c.item_bytes());
      c.store(bias[id], at + c.bias(id) * c.item_bytes());
    }
  }
  /// Row j of a matrix times x, and its bias.
  double sum(std::size_t id, std::size_t j, const double* x, std::size_t width) const {
    double s = bias[id][j];
    for (std::size_t k = 0; k < width; ++k) s += matrix[id][j * width + k] * x[k];
    return s;
  }
  /// The way back: to x's gradient.
  void send(std::size_t id, std::size_t j, double d, double* dx, std::size_t width) const {
    for (std::size_t k = 0; k < width; ++k) dx[k] += matrix[id][j * width + k] * d;
  }
  /// And to the weights'.
  void add(std::size_t id, std::size_t j, double d, const double* x, std::size_t width) {
    bias[id][j] += d;
    for (std::size_t k = 0; k < width; ++k) matrix[id][j * width + k] += d * x[k];
  }
};

constexpr std::uint64_t after_forward = 0x666f7277617264, after_data = 0x64617461;

/// A reserve in memory.
class Reserve {
 public:
  Reserve(const Cell& c, void* memory) : c_(c), memory_(static_cast<char*>(memory)) {
    values.assign(c.kept_count(), 0.0);
  }
  void load(std::uint64_t expected) {
    std::uint64_t word = 0;
    std::memcpy(&word, memory_, sizeof word);
    expect(word == expected, expected == after_forward
                                 ? "the reserve of a forward pass, used once"
                                 : "the reserve after the gradients of the inputs");
    std::memcpy(values.data(), memory_ + sizeof word, values.size() * sizeof(double));
  }
  void store(std::uint64_t word) const {
    std::memcpy(memory_, &word, sizeof word);
    std::memcpy(memory_ + sizeof word, values.data(), values.size() * sizeof(double));
  }
  double& at(std::size_t t, std::size_t n, std::size_t slot, std::size_t j) {
    return values[((t * c_.n + n) * Cell::kept + slot) * c_.h + j];
  }
  Numbers values;

 private:
  const Cell& c_;
  char* memory_;
};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// What all three functions are told.
struct Call {
  Cell c;
  const void *x = nullptr, *y = nullptr, *hx = nullptr, *cx = nullptr, *weights = nullptr;
  void *work = nullptr, *reserve = nullptr;

  void spoil_work() const { std::memset(work, 0xff, c.work_bytes()); }
  Numbers state(const void* memory) const { return c.load(memory, c.n * c.h); }
};

struct Forward : Call {
  void *to_y = nullptr, *hy = nullptr, *cy = nullptr;

  void run() const {
    spoil_work();
    const Weights w(c, weights);
    const Numbers in = c.load(x, c.n * c.t * c.i);
    Numbers h = state(hx), cell = c.gru ? Numbers() : state(cx), out(c.n * c.t * c.h);
    Reserve kept(c, reserve);
    for (std::size_t n = 0; n < c.n; ++n) {
      for (std::size_t t = 0; t < c.t; ++t) {
        const Numbers before(h.begin() + static_cast<std::ptrdiff_t>(n * c.h),
                             h.begin() + static_cast<std::ptrdiff_t>((n + 1) * c.h));
        for (std::size_t j = 0; j < c.h; ++j) {
          const double* x_t = &in[(n * c.t + t) * c.i];
          h[n * c.h + j] = c.gru ? gru(w, kept, n, t, j, x_t, before)
                                 : lstm(w, kept, n, t, j, x_t, before, cell[n * c.h + j]);
          out[(n * c.t + t) * c.h + j] = h[n * c.h + j];
        }
      }
    }
    c.store(out, to_y);
    c.store(h, hy);
    if (!c.gru) c.store(cell, cy);
    if (reserve != nullptr) kept.store(after_forward);
  }

 private:
  double lstm(const Weights& w, Reserve& kept, std::size_t n, std::size_t t, std::size_t j,
              const double* x_t, const Numbers& h, double& cell) const {
    const auto z = [&](std::size_t gate) {
      return w.sum(gate, j, x_t, c.i) + w.sum(4 + gate, j, h.data(), c.h);
    };
    const double in = sigmoid(z(0)), forget = sigmoid(z(1)), candidate = std::tanh(z(2)),
                 out = sigmoid(z(3));
    cell = forget * cell + in * candidate;
    std::size_t slot = 0;
    for (double value : {in, forget, candidate, out, cell}) kept.at(t, n, slot++, j) = value;
    return out * std::tanh(cell);
  }
  double gru(const Weights& w, Reserve& kept, std::size_t n, std::size_t t, std::size_t j,
             const double* x_t, const Numbers& h) const {
    const auto from_h = [&](std::size_t gate) { return w.sum(3 + gate, j, h.data(), c.h); };
    const auto from_x = [&](std::size_t gate) { return w.sum(gate, j, x_t, c.i); };
    const double r = sigmoid(from_x(0) + from_h(0)), z = sigmoid(from_x(1) + from_h(1)),
                 share = from_h(2), candidate = std::tanh(from_x(2) + r * share);
    std::size_t slot = 0;
    for (double value : {r, z, candidate, share}) kept.at(t, n, slot++, j) = value;
    return (1 - z) * candidate + z * h[j];
  }
};

/// Turns the gates in the reserve into the gradients of their sums: those of x's product in the
/// first slots; where that of the state's is another, it is in slot 3 (a GRU's candidate).
struct BackwardData : Call {
  const void *dy = nullptr, *dhy = nullptr, *dcy = nullptr;
  void *dx = nullptr, *dhx = nullptr, *dcx = nullptr;

  void run() const {
    spoil_work();
    Reserve kept(c, reserve);
    kept.load(after_forward);
    const Weights w(c, weights);
    const Numbers arriving = c.load(dy, c.n * c.t * c.h), outputs = c.load(y, c.n * c.t * c.h),
                  h0 = state(hx), c0 = c.gru ? Numbers() : state(cx);
    Numbers dh = state(dhy), dc = c.gru ? Numbers() : state(dcy), d_in(c.n * c.t * c.i);
    for (std::size_t n = 0; n < c.n; ++n) {
      for (std::size_t t = c.t; t-- > 0;) {
        Numbers passing(c.h);
        for (std::size_t j = 0; j < c.h; ++j) {
          const std::size_t at = n * c.h + j;
          const double d = dh[at] + arriving[(n * c.t + t) * c.h + j];
          const double before = t == 0 ? h0[at] : outputs[(n * c.t + t - 1) * c.h + j];
          if (c.gru)
            passing[j] += gru(kept, n, t, j, d, before);
          else
            lstm(kept, n, t, j, d, t == 0 ? c0[at] : kept.at(t - 1, n, 4, j), dc[at]);
          for (std::size_t gate = 0; gate < c.gates(); ++gate) {
            const std::size_t of_state = c.gru && gate == 2 ? 3 : gate;
            w.send(gate, j, kept.at(t, n, gate, j), &d_in[(n * c.t + t) * c.i], c.i);
            w.send(c.gates() + gate, j, kept.at(t, n, of_state, j), passing.data(), c.h);
          }
        }
        for (std::size_t j = 0; j < c.h; ++j) dh[n * c.h + j] = passing[j];
      }
    }
    c.store(d_in, dx);
    c.store(dh, dhx);
    if (!c.gru) c.store(dc, dcx);
    kept.store(after_data);
  }

 private:
  static void lstm(Reserve& kept, std::size_t n, std::size_t t, std::size_t j, double dh,
                   double before, double& dc) {
    const double in = kept.at(t, n, 0, j), forget = kept.at(t, n, 1, j),
                 candidate = kept.at(t, n, 2, j), out = kept.at(t, n, 3, j),
                 y = std::tanh(kept.at(t, n, 4, j));
    const double d = dc + dh * out * (1 - y * y);
    kept.at(t, n, 0, j) = d * candidate * in * (1 - in);
    kept.at(t, n, 1, j) = d * before * forget * (1 - forget);
    kept.at(t, n, 2, j) = d * in * (1 - candidate * candidate);
    kept.at(t, n, 3, j) = dh * y * out * (1 - out);
    dc = d * forget;
  }
  static double gru(Reserve& kept, std::size_t n, std::size_t t, std::size_t j, double dh,
                    double before) {
    const double r = kept.at(t, n, 0, j), z = kept.at(t, n, 1, j), candidate = kept.at(t, n, 2, j),
                 share = kept.at(t, n, 3, j);
    const double d = dh * (1 - z) * (1 - candidate * candidate);
    kept.at(t, n, 0, j) = d * share * r * (1 - r);
    kept.at(t, n, 1, j) = dh * (before - candidate) * z * (1 - z);
    kept.at(t, n, 2, j) = d;
    kept.at(t, n, 3, j) = d * r;
    return dh * z;
  }
};

struct BackwardWeights : Call {
  void* d_weights = nullptr;

  void run() const {
    spoil_work();
    Reserve kept(c, reserve);
    kept.load(after_data);
    Weights sums(c, d_weights);
    const Numbers in = c.load(x, c.n * c.t * c.i), outputs = c.load(y, c.n * c.t * c.h),
                  h0 = state(hx);
    for (std::size_t n = 0; n < c.n; ++n) {
      for (std::size_t t = 0; t < c.t; ++t) {
        const double* x_t = &in[(n * c.t + t) * c.i];
        const double* h = t == 0 ? &h0[n * c.h] : &outputs[(n * c.t + t - 1) * c.h];
        for (std::size_t gate = 0; gate < c.gates(); ++gate) {
          const std::size_t of_state = c.gru && gate == 2 ? 3 : gate;
          for (std::size_t j = 0; j < c.h; ++j) {
            sums.add(gate, j, kept.at(t, n, gate, j), x_t, c.i);
            sums.add(c.gates() + gate, j, kept.at(t, n, of_state, j), h, c.h);
          }
        }
      }
    }
    sums.store(c, d_weights);
  }
};

/// What every call must say about its memory.
void check_memory(const Cell& c, std::size_t weights, std::size_t work, std::size_t reserve,
                  const std::int32_t* lengths) {
  expect(weights == c.weight_bytes(), "the size of the weights");
  expect(work >= c.work_bytes(), "enough work space");
  expect(reserve >= c.reserve_bytes(), "enough reserve");
  expect(lengths == nullptr, "no lengths on the device");
}

void tell_place(cudnnTensorDescriptor_t form, const Cell& c, std::size_t rows,
                std::size_t columns) {
  const auto m = static_cast<int>(rows), n = static_cast<int>(columns);
  const std::array<int, 3> dims = {1, m, n}, strides = {m * n, n, 1};
  cudnnSetTensorNdDescriptor(form, c.type, 3, dims.data(), strides.data());
}

template <class Run>
cudnnStatus_t put(cudnnHandle_t handle, const Run& run) {
  cuda::emulate::enqueue(handle->stream, [run] { run.run(); });
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

RecurrentCalls& recurrent_calls() {
  static RecurrentCalls calls;
  return calls;
}

}  // namespace weft::test

using weft::test::expect;

extern "C" {

cudnnStatus_t cudnnGetRNNTempSpaceSizes(cudnnHandle_t, cudnnRNNDescriptor_t cell,
                                        cudnnForwardMode_t mode, cudnnRNNDataDescriptor_t x,
                                        std::size_t* work, std::size_t* reserve) {
  weft::test::Cell c = weft::test::cell_of(cell);
  weft::test::read_sequences(x, c, c.i);
  *work = c.work_bytes();
  *reserve = mode == CUDNN_FWD_MODE_TRAINING ? c.reserve_bytes() : 0;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnGetRNNWeightSpaceSize(cudnnHandle_t, cudnnRNNDescriptor_t cell,
                                         std::size_t* bytes) {
  *bytes = weft::test::cell_of(cell).weight_bytes();
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnGetRNNWeightParams(cudnnHandle_t, cudnnRNNDescriptor_t cell, std::int32_t layer,
                                      std::size_t bytes, const void* weights, std::int32_t id,
                                      cudnnTensorDescriptor_t matrix_form, void** matrix,
                                      cudnnTensorDescriptor_t bias_form, void** bias) {
  const weft::test::Cell c = weft::test::cell_of(cell);
  const auto number = static_cast<std::size_t>(id);
  expect(layer == 0 && number < 2 * c.gates() && bytes == c.weight_bytes(), "a part of the cell");
  const auto base = reinterpret_cast<std::uintptr_t>(weights);
  *matrix = reinterpret_cast<void*>(base + c.matrix(number) * c.item_bytes());
  *bias = reinterpret_cast<void*>(base + c.bias(number) * c.item_bytes());
  weft::test::tell_place(matrix_form, c, c.h, c.width(number));
  weft::test::tell_place(bias_form, c, c.h, 1);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnRNNForward(cudnnHandle_t handle, cudnnRNNDescriptor_t cell,
                              cudnnForwardMode_t mode, const std::int32_t* lengths,
                              cudnnRNNDataDescriptor_t x_form, const void* x,
                              cudnnRNNDataDescriptor_t y_form, void* y,
                              cudnnTensorDescriptor_t h_form, const void* hx, void* hy,
                              cudnnTensorDescriptor_t, const void* cx, void* cy,
                              std::size_t weight_bytes, const void* weights, std::size_t work_bytes,
                              void* work, std::size_t reserve_bytes, void* reserve) {
  weft::test::Forward f;
  f.c = weft::test::cell_of(cell, x_form, y_form, h_form);
  const bool trains = mode == CUDNN_FWD_MODE_TRAINING;
  weft::test::check_memory(f.c, weight_bytes, work_bytes,
                           trains ? reserve_bytes : f.c.reserve_bytes(), lengths);
  expect(trains == (reserve != nullptr), "a reserve in training alone");
  f.x = x;
  f.to_y = y;
  f.hx = hx;
  f.hy = hy;
  f.cx = cx;
  f.cy = cy;
  f.weights = weights;
  f.work = work;
  f.reserve = reserve;
  ++(trains ? weft::test::recurrent_calls().trained : weft::test::recurrent_calls().inferred);
  return weft::test::put(handle, f);
}

cudnnStatus_t cudnnRNNBackwardData_v8(
    cudnnHandle_t handle, cudnnRNNDescriptor_t cell, const std::int32_t* lengths,
    cudnnRNNDataDescriptor_t y_form, const void* y, const void* dy, cudnnRNNDataDescriptor_t x_form,
    void* dx, cudnnTensorDescriptor_t h_form, const void* hx, const void* dhy, void* dhx,
    cudnnTensorDescriptor_t, const void* cx, const void* dcy, void* dcx, std::size_t weight_bytes,
    const void* weights, std::size_t work_bytes, void* work, std::size_t reserve_bytes,
    void* reserve) {
  weft::test::BackwardData b;
  b.c = weft::test::cell_of(cell, x_form, y_form, h_form);
  weft::test::check_memory(b.c, weight_bytes, work_bytes, reserve_bytes, lengths);
  b.y = y;
  b.dy = dy;
  b.dx = dx;
  b.hx = hx;
  b.dhy = dhy;
  b.dhx = dhx;
  b.cx = cx;
  b.dcy = dcy;
  b.dcx = dcx;
  b.weights = weights;
  b.work = work;
  b.reserve = reserve;
  ++weft::test::recurrent_calls().data;
  return weft::test::put(handle, b);
}

cudnnStatus_t cudnnRNNBackwardWeights_v8(cudnnHandle_t handle, cudnnRNNDescriptor_t cell,
                                         cudnnWgradMode_t mode, const std::int32_t* lengths,
                                         cudnnRNNDataDescriptor_t x_form, const void* x,
                                         cudnnTensorDescriptor_t h_form, const void* hx,
                                         cudnnRNNDataDescriptor_t y_form, const void* y,
                                         std::size_t weight_bytes, void* d_weights,
                                         std::size_t work_bytes, void* work,
                                         std::size_t reserve_bytes, void* reserve) {
  expect(mode == CUDNN_WGRAD_MODE_ADD, "the only mode that the function documents");
  weft::test::BackwardWeights b;
  b.c = weft::test::cell_of(cell, x_form, y_form, h_form);
  weft::test::check_memory(b.c, weight_bytes, work_bytes, reserve_bytes, lengths);
  b.x = x;
  b.hx = hx;
  b.y = y;
  b.d_weights = d_weights;
  b.work = work;
  b.reserve = reserve;
  ++weft::test::recurrent_calls().weights;
  return weft::test::put(handle, b);
}

}  // extern "C"
