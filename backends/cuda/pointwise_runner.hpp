// What every pointwise kernel shares on the host: it is the same for all functors, so that sixty of
// them compile in reasonable time.
#pragma once
#include "backends/cuda/kernel.hpp"
#include "backends/cuda/pointwise_functor.hpp"
#include "backends/cuda/pointwise_geometry.hpp"

namespace weft::cuda {

/// What a pointwise kernel works on.
struct PointwiseArgs {
  Broadcast broadcast;
  std::uint32_t count = 0;  ///< elements
  int axes = 1;
  const void* in[most_operands] = {};
  void* out = nullptr;
  DType::Code storage = DType::float32;  ///< what a kernel for several dtypes reads and writes
  const unsigned* refused = nullptr;
};

using PointwiseKernel = void (*)(FunctorBytes, PointwiseArgs);

/// The kernels of a functor for a dtype.
struct PointwiseKernels {
  PointwiseKernel single = nullptr;   ///< an element at a time, for any layout
  PointwiseKernel vectors = nullptr;  ///< `width` at a time, where the layout allows it
  int width = 1;
};

struct PointwisePlan {
  FoldedAxes axes;
  Broadcast broadcast, vector_broadcast;
  PointwiseKernels kernels;
  FunctorBytes functor;
  DType::Code storage = DType::float32;
  std::size_t operands = 0, out_bytes = 0;
  std::array<std::size_t, most_operands> in_bytes = {};  ///< of an element
};

/// Whether every address that is read or written in vectors may be.
inline bool is_vector_aligned(const PointwisePlan& plan, const PointwiseArgs& p) {
  const auto is_multiple = [&](const void* address, std::size_t bytes) {
    return reinterpret_cast<std::uintptr_t>(address) %
               (static_cast<std::size_t>(plan.kernels.width) * bytes) ==
           0;
  };
  for (std::size_t k = 0; k < plan.operands; ++k) {
    const bool varies = plan.broadcast.varies(static_cast<int>(k));
    if (varies && !is_multiple(p.in[k], plan.in_bytes[k])) return false;
  }
  return is_multiple(p.out, plan.out_bytes);
}

inline void run_pointwise(const PointwisePlan& plan, const KernelArgs& a) {
  for_each_part(plan.axes, whole_of(plan.axes), [&](const BroadcastPart& part) {
    PointwiseArgs p;
    p.count = static_cast<std::uint32_t>(part.count);
    p.axes = part.axes;
    p.storage = plan.storage;
    p.refused = a.refused;
    for (std::size_t k = 0; k < plan.operands; ++k) {
      p.in[k] = a.in<unsigned char>(static_cast<int>(k)) +
                static_cast<std::size_t>(part.operand[k]) * plan.in_bytes[k];
    }
    p.out = a.out<unsigned char>(0) + static_cast<std::size_t>(part.first) * plan.out_bytes;
    const bool vectors = plan.kernels.vectors != nullptr && is_vector_aligned(plan, p);
    p.broadcast = vectors ? plan.vector_broadcast : plan.broadcast;
    launch(vectors ? plan.kernels.vectors : plan.kernels.single,
           shape_for(part.count, vectors ? plan.kernels.width : 1), a.stream, plan.functor, p);
  });
}

inline PreparedKernel prepare_with(const KernelRequest& r, const PointwiseKernels& kernels,
                                   const FunctorBytes& functor) {
  PointwisePlan plan;
  plan.axes = fold_axes(r.outputs[0].shape, r.inputs);
  plan.kernels = kernels;
  const bool one_axis = plan.axes.count <= 1;
  if (!one_axis && plan.axes.axis[0].size % kernels.width != 0) plan.kernels.vectors = nullptr;
  plan.broadcast = Broadcast(plan.axes);
  plan.vector_broadcast = Broadcast(plan.axes, kernels.width);
  plan.functor = functor;
  plan.storage = r.inputs[r.inputs.size() - 1].dtype.code();
  plan.operands = r.inputs.size();
  plan.out_bytes = r.outputs[0].dtype.itemsize();
  for (std::size_t k = 0; k < plan.operands; ++k) plan.in_bytes[k] = r.inputs[k].dtype.itemsize();
  return {.run = [plan](const KernelArgs& a) { run_pointwise(plan, a); }, .honours_refusals = true};
}

}  // namespace weft::cuda
