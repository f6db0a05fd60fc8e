// conv, conv_input_grad and conv_kernel_grad through cuDNN. Activations are as weft has them; the
// kernel is copied into cuDNN's layout in the workspace before the call, its gradient out of it
// behind the call.
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <utility>

#include "backends/cuda/cuda_backend.hpp"
#include "backends/cuda/cudnn/conv_request.hpp"
#include "backends/cuda/cudnn/handle.hpp"
#include "backends/cuda/cudnn/plan_cache.hpp"
#include "backends/cuda/epilogue.hpp"
#include "backends/cuda/kernel_layout.hpp"

namespace weft::cuda::cudnn {
namespace {

using kernels::EpilogueActivation;

constexpr std::size_t arena_alignment = 256;

std::size_t aligned(std::size_t bytes) {
  return (bytes + arena_alignment - 1) / arena_alignment * arena_alignment;
}

KernelLayout layout_of(const ConvDescription& d) {
  return {.filters = d.filters,
          .per_filter = d.kernel_size() / d.filters,
          .item_bytes = d.operands.itemsize()};
}

/// What all addresses are multiples of, up to what arenas are aligned to in plans' eyes.
std::int64_t alignment_of(const ConvPointers& p) {
  auto bits = static_cast<std::uintptr_t>(ConvDescription{}.alignment);
  for (const void* address : {p.x, p.kernel, p.y, p.bias})
    bits |= reinterpret_cast<std::uintptr_t>(address);
  return static_cast<std::int64_t>(bits & (~bits + 1));
}

/// A plan with the addresses that it was last run on: they rarely change.
struct BoundPlan {
  std::shared_ptr<const ConvPlan> plan;
  std::int64_t alignment = 0;  ///< that the plan is for
  ConvPointers pointers = {};
  std::unique_ptr<Descriptor> pack = {};

  void execute(cudnnHandle_t handle, const ConvPointers& now) {
    if (!pack || !(pointers == now)) {
      pack = std::make_unique<Descriptor>(variant_pack(now));
      pointers = now;
    }
    check(cudnnBackendExecute(handle, plan->descriptor().raw(), pack->raw()), "a convolution");
  }
};

/// What is done to y when cuDNN is through with it, in one pass of a kernel of our own.
struct Finish {
  bool bias = false;
  EpilogueActivation activation = EpilogueActivation::none;
  explicit operator bool() const { return bias || activation != EpilogueActivation::none; }
};

/// A convolution that runs. Threads may run it at the same time: each gets a plan of its own.
class Convolution {
 public:
  Convolution(const ConvDescription& d, const ConvPolicy& policy, Finish finish,
              std::size_t library_bytes)
      : d_(d),
        policy_(policy),
        finish_(finish),
        layout_(layout_of(d)),
        library_bytes_(library_bytes) {
    constexpr std::size_t many_threads = 16;
    idle_.reserve(many_threads);  // giving one back does not allocate
    if (!layout_.is_same()) library_at_ = aligned(layout_.bytes());
  }

  std::size_t workspace_bytes() const { return library_at_ + library_bytes_; }
  /// Makes the first plan, so that the first run need not.
  void warm(const Target& target) { give_back(make(target, d_.alignment)); }

  void run(const KernelArgs& a) {
    const Stream& stream = stream_of(a.stream);
    const Session& own = session(stream.device);
    check(cudnnSetStream(own.handle, static_cast<cudaStream_t>(stream.handle())),
          "setting a stream");
    const bool writes_kernel = d_.kind == ConvKind::kernel_gradient;
    const ConvPointers pointers = bind(a);
    if (!writes_kernel && !layout_.is_same())
      to_cudnn_layout(layout_, a.in<void>(1), pointers.kernel, a.stream);
    BoundPlan plan = take(own.target, alignment_of(pointers));
    plan.execute(own.handle, pointers);
    give_back(std::move(plan));
    if (writes_kernel && !layout_.is_same())
      to_keras_layout(layout_, pointers.kernel, a.out<void>(0), a.stream);
    if (finish_)
      finish_product(d_.result, finish_.activation, finish_.bias ? a.in<void>(2) : nullptr,
                     d_.batch * d_.positions(), d_.filters, pointers.y, a.stream);
  }

 private:
  ConvPointers bind(const KernelArgs& a) const;
  BoundPlan make(const Target& target, std::int64_t alignment) const;
  BoundPlan take(const Target& target, std::int64_t alignment);
  void give_back(BoundPlan plan) {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(plan));
  }

  ConvDescription d_;
  ConvPolicy policy_;
  Finish finish_;
  KernelLayout layout_;
  // In the workspace: the kernel in cuDNN's layout, then what cuDNN wants for itself.
  std::size_t library_at_ = 0, library_bytes_;
  std::mutex mutex_;
  std::vector<BoundPlan> idle_;
};

ConvPointers Convolution::bind(const KernelArgs& a) const {
  const auto in = [&](int i) { return const_cast<void*>(a.in<void>(i)); };
  void* const out = a.out<void>(0);
  ConvPointers p;
  switch (d_.kind) {
    case ConvKind::forward:
      p = {.x = in(0), .kernel = in(1), .y = out, .bias = d_.bias ? in(2) : nullptr};
      break;
    case ConvKind::input_gradient:
      p = {.x = out, .kernel = in(1), .y = in(0)};
      break;
    case ConvKind::kernel_gradient:
      p = {.x = in(0), .kernel = out, .y = in(1)};
      break;
  }
  auto* const workspace = static_cast<std::byte*>(a.workspace);
  if (!layout_.is_same()) p.kernel = workspace;
  if (library_bytes_ != 0) p.workspace = workspace + library_at_;
  return p;
}

// Data may be aligned worse than a device's memory: part of a batch, say. A plan for it fits into
// the same workspace (tests/cuda_plans holds that); it is made when it is first needed.
BoundPlan Convolution::make(const Target& target, std::int64_t alignment) const {
  ConvDescription d = d_;
  ConvPolicy policy = policy_;
  if (alignment != d.alignment) {
    d.alignment = alignment;
    policy.workspace_limit = library_bytes_;
  }
  std::string why_not;
  BoundPlan bound{.plan = plan_cache().plan(d, policy, target, why_not), .alignment = alignment};
  if (bound.plan) return bound;
  throw DeviceError(fmt::format("cuDNN: a convolution of data that is aligned to {} bytes: {}",
                                alignment, why_not));
}

BoundPlan Convolution::take(const Target& target, std::int64_t alignment) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), [&](const BoundPlan& plan) {
      return plan.alignment == alignment;
    });
    if (found != idle_.rend()) {
      std::swap(*found, idle_.back());
      BoundPlan plan = std::move(idle_.back());
      idle_.pop_back();
      return plan;
    }
  }
  return make(target, alignment);
}

void explain(const KernelRequest& r, const ConvChoice& choice) {
  const char* set = std::getenv("WEFT_EXPLAIN");
  if (set == nullptr || std::string_view(set) != "1") return;
  std::fputs(fmt::format("weft: kernel: {}: cudnn: {}\n", r.op.name, choice.text()).c_str(),
             stderr);
}

PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  std::optional<ConvDescription> d = describe(r, why_not);
  if (!d) return {};
  CudaBackend& backend = preparing_backend();
  ConvPolicy policy = current_policy();
  policy.workspace_limit = backend.workspace_limit();
  const Target& target =
      backend.only_plans() ? planned_target() : session(stream_of(backend.stream()).device).target;
  const bool forward = d->kind == ConvKind::forward;
  Finish finish{.bias = forward && r.inputs.size() == 3};
  if (forward && r.attrs.get<std::string>("activation", "") == "relu")
    finish.activation = EpilogueActivation::relu;
  // Bias and relu are ours where last bits count, because with them cuDNN takes another engine, and
  // a plan would differ from the ops that it was made of.
  d->bias = finish.bias && policy.tf32;
  d->relu = d->bias && finish.activation == EpilogueActivation::relu;
  std::shared_ptr<const ConvChoice> choice = plan_cache().choice(*d, policy, target, why_not);
  if (!choice && std::exchange(d->bias, false)) {
    d->relu = false;
    choice = plan_cache().choice(*d, policy, target, why_not);
  }
  if (!choice) return {};
  explain(r, *choice);
  if (d->bias) finish.bias = false;
  if (d->relu) finish.activation = EpilogueActivation::none;
  const auto convolution =
      std::make_shared<Convolution>(*d, policy, finish, choice->workspace_bytes);
  convolution->warm(target);
  return {.run = [convolution](const KernelArgs& a) { convolution->run(a); },
          .workspace_bytes = convolution->workspace_bytes()};
}

}  // namespace
}  // namespace weft::cuda::cudnn

namespace weft::registration {

void cudnn_conv(KernelTable& table) {
  for (const char* op : {"conv", "conv_input_grad", "conv_kernel_grad"})
    table.add(op, {.name = "cudnn", .prepare = cuda::cudnn::prepare});
}

}  // namespace weft::registration
