// The reserve, which the gradient reads, is cuDNN's own, then the outputs of all steps, then the
// weights as cuDNN has them: it wants all three back, and the gradient's op has neither the outputs
// nor the bias.
#include "backends/cuda/cudnn/recurrent_kernel.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "backends/cuda/cuda_backend.hpp"
#include "backends/cuda/cudnn/handle.hpp"
#include "backends/cuda/cudnn/recurrent_request.hpp"
#include "backends/cuda/placed_copy.hpp"
#include "backends/cuda/planning.hpp"
#include "backends/cuda/strided_copy.hpp"
#include "backends/cuda/workspace.hpp"

namespace weft::cuda::cudnn {
namespace {

using kernels::RecurrentShape;

/// Runs a kernel of one input and one output.
void run_copy(const PreparedKernel& copy, const void* from, void* to, void* stream) {
  copy.run({&from, &to, nullptr, stream});
}

/// x with its steps in the opposite order, and back.
PreparedKernel reversal(const RecurrentDescription& d) {
  kernels::StridedCopy copy;
  copy.from_start = (d.steps - 1) * d.inputs;
  copy.add(d.batch, d.steps * d.inputs, d.steps * d.inputs);
  copy.add(d.steps, -d.inputs, d.inputs);
  copy.add(d.inputs, 1, 1);
  return prepare_strided_copy(copy, d.dtype);
}

/// The gradient of the last output `[batch, units]` as that of all outputs.
PreparedKernel last_step(const RecurrentDescription& d) {
  PlacedCopy copy;
  copy.add({d.batch, d.batch, 0, 1});
  copy.add({1, d.steps, d.steps - 1, 1});
  copy.add({d.units, d.units, 0, 1});
  constexpr std::uint64_t zero = 0;
  return prepare_placed_copy(copy, d.dtype.itemsize(), &zero);
}

/// The parts of a reserve.
struct Kept {
  std::byte *library, *outputs, *weights;
};

/// What the kernels of a cell and of its gradient have in common. They do not change when they run.
struct Recurrence {
  RecurrentShape shape;
  RecurrentDescription d;
  RecurrentDescriptors descriptors;
  RecurrentSpaces spaces;
  RecurrentWeights weights;
  PreparedKernel reverse;
  /// One thread at a time: cuDNN does not say whether two may call it with one descriptor.
  mutable std::mutex mutex;

  Recurrence(const RecurrentShape& s, const RecurrentDescription& description, bool training)
      : shape(s), d(description), descriptors(d), reverse(reversal(d)) {
    CudaBackend& backend = preparing_backend();
    if (backend.only_plans()) {
      spaces = bounds_of(d, training);
      spaces.work = at_most(spaces.work);
      return;
    }
    cudnnHandle_t handle = session(stream_of(backend.stream()).device).handle;
    spaces = spaces_of(handle, descriptors, training);
    weights = weights_of(handle, d, descriptors, spaces.weights);
  }

  int states() const { return d.has_cell_state() ? 2 : 1; }
  std::size_t x_bytes() const { return d.bytes(d.batch * d.steps * d.inputs); }
  std::size_t outputs_bytes() const { return d.bytes(d.batch * d.steps * d.units); }
  std::size_t state_bytes() const { return d.bytes(d.batch * d.units); }

  Kept kept(WorkspaceParts& reserve) const {
    Kept k{};
    k.library = take(reserve, spaces.reserve);
    k.outputs = take(reserve, outputs_bytes());
    k.weights = take(reserve, spaces.weights);
    return k;
  }
  Kept kept(const void* reserve) const {
    WorkspaceParts parts(const_cast<void*>(reserve));
    return kept(parts);
  }
  static std::byte* take(WorkspaceParts& parts, std::size_t bytes) {
    return parts.take<std::byte>(static_cast<std::int64_t>(bytes));
  }

  /// This thread's handle, on the stream.
  static cudnnHandle_t handle_on(const Stream& stream) {
    cudnnHandle_t handle = session(stream.device).handle;
    check(cudnnSetStream(handle, static_cast<cudaStream_t>(stream.handle())), "setting a stream");
    return handle;
  }
  static void copy(const Stream& stream, void* to, const void* from, std::size_t bytes) {
    if (bytes != 0) stream.api->copy(to, from, bytes, stream.handle());
  }
  static void zero(const Stream& stream, void* to, std::size_t bytes) {
    if (bytes != 0) stream.api->fill_zero(to, bytes, stream.handle());
  }
};

/// The forward pass. Its workspace: cuDNN's, x in the order of the steps, and without a reserve the
/// weights, and the outputs where they are not the op's.
struct Forward : Recurrence {
  struct Parts {
    std::byte *work, *reversed = nullptr;
    Kept kept;
    std::size_t bytes;
  };

  using Recurrence::Recurrence;

  Parts parts(void* workspace, void* reserve) const {
    WorkspaceParts all(workspace);
    Parts p{};
    p.work = take(all, spaces.work);
    if (shape.backwards) p.reversed = take(all, x_bytes());
    if (shape.reserve) {
      p.kept = kept(reserve);
    } else {
      p.kept.weights = take(all, spaces.weights);
      if (!shape.sequences) p.kept.outputs = take(all, outputs_bytes());
    }
    p.bytes = all.bytes();
    return p;
  }
  std::size_t reserve_bytes() const {
    WorkspaceParts all(nullptr);
    kept(all);
    return all.bytes();
  }

  void pack(const KernelArgs& a, void* packed) const {
    const Stream& stream = stream_of(a.stream);
    // Whatever lies between the parts, if anything does, is then a number.
    if (spaces.weights != d.bytes(weights.count())) zero(stream, packed, spaces.weights);
    pack_weights(weights,
                 {a.in<void>(shape.in.kernel), a.in<void>(shape.in.recurrent_kernel),
                  a.in<void>(shape.in.bias)},
                 packed, a.stream);
  }

  void run(const KernelArgs& a) const {
    const Stream& stream = stream_of(a.stream);
    const Parts p = parts(a.workspace, shape.reserve ? a.out<void>(1 + states()) : nullptr);
    pack(a, p.kept.weights);
    const void* x = a.in<void>(shape.in.x);
    if (shape.backwards) {
      run_copy(reverse, x, p.reversed, a.stream);
      x = p.reversed;
    }
    void* const y = p.kept.outputs == nullptr ? a.out<void>(0) : p.kept.outputs;
    call(a, x, y, p);
    if (!shape.sequences)
      copy(stream, a.out<void>(0), a.out<void>(1), state_bytes());
    else if (y != a.out<void>(0))
      copy(stream, a.out<void>(0), y, outputs_bytes());
  }

 private:
  void call(const KernelArgs& a, const void* x, void* y, const Parts& p) const {
    const bool two = d.has_cell_state();
    const RecurrentDescriptors& of = descriptors;
    const std::lock_guard lock(mutex);
    check(cudnnRNNForward(
              handle_on(stream_of(a.stream)), of.cell.raw(),
              shape.reserve ? CUDNN_FWD_MODE_TRAINING : CUDNN_FWD_MODE_INFERENCE, nullptr,
              of.x.raw(), x, of.y.raw(), y, of.state.raw(), a.in<void>(shape.in.state),
              a.out<void>(1), of.state.raw(), two ? a.in<void>(shape.in.state + 1) : nullptr,
              two ? a.out<void>(2) : nullptr, spaces.weights, p.kept.weights, spaces.work, p.work,
              spaces.reserve, spaces.reserve == 0 ? nullptr : p.kept.library),
          "a recurrent cell");
  }
};

/// The backward pass. Its workspace: cuDNN's, a copy of cuDNN's reserve, which it changes, the
/// weights' gradients, gradients that do not arrive, and x and its gradient in the order of steps.
struct Backward : Recurrence {
  struct Parts {
    std::byte *work, *reserve, *d_weights, *d_outputs = nullptr, *zeros = nullptr, *x = nullptr;
    std::size_t bytes;
  };
  PreparedKernel spread;  ///< last_step

  Backward(const RecurrentShape& s, const RecurrentDescription& description)
      : Recurrence(s, description, true), spread(last_step(d)) {}

  bool all_outputs_arrive() const { return shape.sequences && shape.in.d_output >= 0; }
  bool a_state_is_missing() const {
    return shape.in.d_state[0] < 0 || (d.has_cell_state() && shape.in.d_state[1] < 0);
  }
  Parts parts(void* workspace) const {
    WorkspaceParts all(workspace);
    Parts p{};
    p.work = take(all, spaces.work);
    p.reserve = take(all, spaces.reserve);
    p.d_weights = take(all, spaces.weights);
    if (!all_outputs_arrive()) p.d_outputs = take(all, outputs_bytes());
    if (a_state_is_missing()) p.zeros = take(all, state_bytes());
    if (shape.backwards || !shape.x_grad) p.x = take(all, x_bytes());
    p.bytes = all.bytes();
    return p;
  }

  /// The gradient of the outputs of all steps.
  const void* outputs_gradient(const KernelArgs& a, const Parts& p) const {
    if (all_outputs_arrive()) return a.in<void>(shape.in.d_output);
    if (shape.in.d_output >= 0)
      run_copy(spread, a.in<void>(shape.in.d_output), p.d_outputs, a.stream);
    else
      zero(stream_of(a.stream), p.d_outputs, outputs_bytes());
    return p.d_outputs;
  }
  const void* state_gradient(const KernelArgs& a, int state, const Parts& p) const {
    const int place = shape.in.d_state[state];
    return place < 0 ? p.zeros : a.in<void>(place);
  }

  void run(const KernelArgs& a) const {
    const Stream& stream = stream_of(a.stream);
    const Parts p = parts(a.workspace);
    const Kept kept = this->kept(a.in<void>(shape.in.reserve));
    copy(stream, p.reserve, kept.library, spaces.reserve);
    zero(stream, p.d_weights, spaces.weights);
    if (a_state_is_missing()) zero(stream, p.zeros, state_bytes());
    int out = shape.x_grad ? 1 : 0;
    data_gradients(a, p, kept, p.x != nullptr ? p.x : a.out<void>(0), out);
    out += states();
    if (shape.backwards && shape.x_grad) run_copy(reverse, p.x, a.out<void>(0), a.stream);
    const void* x = a.in<void>(shape.in.x);
    if (shape.backwards) {
      run_copy(reverse, x, p.x, a.stream);
      x = p.x;
    }
    weight_gradients(a, p, kept, x);
    unpack_weights(weights, p.d_weights,
                   {a.out<void>(out), a.out<void>(out + 1), a.out<void>(out + 2)}, a.stream);
  }

 private:
  /// Of x, into `dx`, and of the states, into the outputs from number `out` on.
  void data_gradients(const KernelArgs& a, const Parts& p, const Kept& kept, void* dx,
                      int out) const {
    const bool two = d.has_cell_state();
    const RecurrentDescriptors& of = descriptors;
    const void* const d_outputs = outputs_gradient(a, p);
    const std::lock_guard lock(mutex);
    check(cudnnRNNBackwardData_v8(
              handle_on(stream_of(a.stream)), of.cell.raw(), nullptr, of.y.raw(), kept.outputs,
              d_outputs, of.x.raw(), dx, of.state.raw(), a.in<void>(shape.in.state),
              state_gradient(a, 0, p), a.out<void>(out), of.state.raw(),
              two ? a.in<void>(shape.in.state + 1) : nullptr,
              two ? state_gradient(a, 1, p) : nullptr, two ? a.out<void>(out + 1) : nullptr,
              spaces.weights, kept.weights, spaces.work, p.work, spaces.reserve, p.reserve),
          "the gradients of a recurrent cell's inputs");
  }
  // Added to zeros: of the two modes cuDNN documents only this one for the function.
  void weight_gradients(const KernelArgs& a, const Parts& p, const Kept& kept,
                        const void* x) const {
    const RecurrentDescriptors& of = descriptors;
    const std::lock_guard lock(mutex);
    check(cudnnRNNBackwardWeights_v8(
              handle_on(stream_of(a.stream)), of.cell.raw(), CUDNN_WGRAD_MODE_ADD, nullptr,
              of.x.raw(), x, of.state.raw(), a.in<void>(shape.in.state), of.y.raw(), kept.outputs,
              spaces.weights, p.d_weights, spaces.work, p.work, spaces.reserve, p.reserve),
          "the gradients of a recurrent cell's weights");
  }
};

}  // namespace

// What cuDNN cannot describe it declines for the gradient too: both ask the same.
PreparedKernel prepare_recurrent(const KernelRequest& request, std::string& why_not) try {
  const RecurrentShape shape(kind_of(request), request, false);
  const std::optional<RecurrentDescription> d = describe(request, shape, why_not);
  if (!d) return {};
  const auto pass = std::make_shared<const Forward>(shape, *d, shape.reserve);
  return {.run = [pass](const KernelArgs& a) { pass->run(a); },
          .workspace_bytes = pass->parts(nullptr, nullptr).bytes,
          .last_output_bytes = shape.reserve ? pass->reserve_bytes() : 0};
} catch (const DeviceError& error) {
  why_not = error.what();
  return {};
}

PreparedKernel prepare_recurrent_grad(const KernelRequest& request, std::string& why_not) try {
  const RecurrentShape shape(kind_of(request), request, true);
  const std::optional<RecurrentDescription> d = describe(request, shape, why_not);
  if (!d) return {};
  const auto pass = std::make_shared<const Backward>(shape, *d);
  return {.run = [pass](const KernelArgs& a) { pass->run(a); },
          .workspace_bytes = pass->parts(nullptr).bytes};
} catch (const DeviceError& error) {
  why_not = error.what();
  return {};
}

}  // namespace weft::cuda::cudnn
