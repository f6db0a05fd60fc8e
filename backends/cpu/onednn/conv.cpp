// Convolution and its gradients through oneDNN: activations as they are (channels last), weights in
// the layout that oneDNN likes best and reordered within the kernel. Any other choice of layouts is
// several times slower. oneDNN runs on one thread; the batch is split over ours.
#include <cstring>
#include <optional>
#include <string_view>

#include "backends/cpu/conv_own.hpp"
#include "backends/cpu/kernels/dispatch.hpp"
#include "backends/cpu/onednn/call.hpp"
#include "backends/cpu/onednn/types.hpp"
#include "backends/cpu/onednn/versions.hpp"
#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {
namespace {

using onednn::Call;
using onednn::Desc;
using onednn::Dims;

enum class Kind { forward, input_grad, kernel_grad };

constexpr std::size_t alignment = 256;

std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

/// The spatial dimensions that there are.
Dims spatial(const ConvShape& s, const std::int64_t (&all)[ConvShape::dims]) {
  return Dims(all + ConvShape::dims - s.rank, all + ConvShape::dims);
}

Desc activations(const ConvShape& s, std::int64_t images, std::int64_t channels,
                 const std::int64_t (&pixels)[ConvShape::dims], dnnl::memory::data_type type) {
  Dims dims = {images, channels};
  for (std::int64_t size : spatial(s, pixels)) dims.push_back(size);
  using Tag = dnnl::memory::format_tag;
  return {dims, type, s.rank == 1 ? Tag::nwc : s.rank == 2 ? Tag::nhwc : Tag::ndhwc};
}

Dims weight_dims(const ConvShape& s) {
  Dims dims = {s.filters_per_group(), s.channels_per_group()};
  if (s.groups > 1) dims.insert(dims.begin(), s.groups);
  for (std::int64_t size : spatial(s, s.window)) dims.push_back(size);
  return dims;
}

/// Keras's layout [window..., channels / groups, filters].
Desc keras_weights(const ConvShape& s, dnnl::memory::data_type type) {
  Dims strides = {1, s.filters};
  if (s.groups > 1) strides.insert(strides.begin(), s.filters_per_group());
  const Dims window = spatial(s, s.window);
  std::int64_t step = s.channels_per_group() * s.filters;
  Dims steps(window.size());
  for (std::size_t i = window.size(); i-- > 0;) {
    steps[i] = step;
    step *= window[i];
  }
  strides.insert(strides.end(), steps.begin(), steps.end());
  return {weight_dims(s), type, strides};
}

/// One part of the batch: its primitive, by the number of images.
struct Sized {
  dnnl::primitive primitive;
  Desc src, dst, scratch;
};

/// A state: what one run of the kernel sets.
struct Running {
  std::optional<Call> reorder;
  std::vector<Call> parts;
};

class Convolution {
 public:
  Convolution(const KernelRequest& r, Kind kind);
  /// Empty, or why oneDNN is not for it.
  std::string create();
  std::size_t workspace_bytes() const { return parts_at_ + parts_bytes(); }
  void run(const KernelArgs& a);

 private:
  Sized make(std::int64_t images);
  template <class PrimitiveDesc>
  Sized accept(const PrimitiveDesc& desc, const onednn::ConvDesc& c);
  onednn::ConvDesc describe(std::int64_t images) const;
  void make_reorder();
  std::unique_ptr<Running> new_state() const;
  const Sized& sized(int part) const { return sizes_[split_.size(part) == smallest_ ? 0 : 1]; }
  std::size_t parts_bytes() const { return static_cast<std::size_t>(split_.parts) * part_bytes_; }
  char* part(void* workspace, int i) const {
    return static_cast<char*>(workspace) + parts_at_ + static_cast<std::size_t>(i) * part_bytes_;
  }
  void run_parts(Running& state) const;
  void run_forward(const KernelArgs& a, Running& state) const;
  void run_kernel_grad(const KernelArgs& a, Running& state) const;

  Kind kind_;
  ConvShape s_;
  BatchSplit split_;
  bool bias_, relu_;
  dnnl::memory::data_type type_, result_;  // of both operands, of the output
  std::int64_t smallest_;
  std::vector<Sized> sizes_;  // parts of the smallest size, and those with an image more
  Desc weights_, keras_;      // as oneDNN wants them, as Keras has them
  dnnl::primitive reorder_;
  Desc reorder_scratch_;
  bool reordered_ = false;
  // In the workspace: packed weights and the reorder's scratchpad, then for each part its
  // scratchpad and (kernel_grad) its sums.
  std::size_t reorder_at_ = 0, parts_at_ = 0, part_bytes_ = 0, sums_at_ = 0;
  onednn::States<Running> states_;
};

Convolution::Convolution(const KernelRequest& r, Kind kind)
    : kind_(kind),
      s_(r),
      split_(s_.batch, s_.work()),
      bias_(kind == Kind::forward && r.inputs.size() == 3),
      relu_(kind == Kind::forward && r.attrs.get<std::string>("activation", "") == "relu"),
      type_(onednn::type_of(r.inputs[0].dtype)),
      result_(onednn::type_of(r.outputs[0].dtype)),
      smallest_(s_.batch / split_.parts),
      keras_(keras_weights(s_, kind == Kind::kernel_grad ? result_ : type_)) {}

onednn::ConvDesc Convolution::describe(std::int64_t images) const {
  onednn::ConvDesc c;
  c.src = activations(s_, images, s_.channels, s_.in, kind_ == Kind::input_grad ? result_ : type_);
  c.dst = activations(s_, images, s_.filters, s_.out, kind_ == Kind::forward ? result_ : type_);
  // Sums of bfloat16 products are kept in float32.
  const auto type = kind_ == Kind::kernel_grad ? dnnl::memory::data_type::f32 : type_;
  c.weights =
      sizes_.empty() ? Desc(weight_dims(s_), type, dnnl::memory::format_tag::any) : weights_;
  if (bias_) c.bias = Desc({s_.filters}, result_, dnnl::memory::format_tag::x);
  c.strides = spatial(s_, s_.stride);
  c.before = spatial(s_, s_.before);
  for (std::int64_t d : spatial(s_, s_.dilation)) c.dilates.push_back(d - 1);
  // Elements behind the last window are left out by oneDNN's division.
  for (int d = ConvShape::dims - s_.rank; d < ConvShape::dims; ++d) {
    const std::int64_t needed = (s_.out[d] - 1) * s_.stride[d] +
                                (s_.window[d] - 1) * s_.dilation[d] + 1 - s_.before[d] - s_.in[d];
    c.behind.push_back(std::max<std::int64_t>(0, needed));
  }
  return c;
}

/// Keeps what a primitive needs; without a primitive when it would be oneDNN's reference.
template <class PrimitiveDesc>
Sized Convolution::accept(const PrimitiveDesc& desc, const onednn::ConvDesc& c) {
  if (!desc) throw dnnl::error(dnnl_unimplemented, "no implementation");
  const std::string_view name = desc.impl_info_str();
  if (name.substr(0, 3) == "ref") throw Error(std::string(name));
  if constexpr (std::is_same_v<PrimitiveDesc, onednn::BackwardWeightsDesc>)
    weights_ = desc.diff_weights_desc();
  else
    weights_ = desc.weights_desc();
  return {dnnl::primitive(desc.get()), c.src, c.dst, desc.scratchpad_desc()};
}

Sized Convolution::make(std::int64_t images) {
  const onednn::ConvDesc c = describe(images);
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const dnnl::engine& engine = onednn::engine();
  if (kind_ == Kind::forward) {
    if (relu_) {
      dnnl::post_ops ops;
      onednn::append_activation(ops, dnnl::algorithm::eltwise_relu);
      attr.set_post_ops(ops);
    }
    return accept(onednn::describe_forward(c, dnnl::prop_kind::forward_inference, attr, engine), c);
  }
  onednn::ConvDesc forward = c;
  forward.src = activations(s_, images, s_.channels, s_.in, type_);
  forward.weights = Desc(weight_dims(s_), type_, dnnl::memory::format_tag::any);
  const onednn::ForwardDesc hint =
      onednn::describe_forward(forward, dnnl::prop_kind::forward_training, attr, engine);
  if (kind_ == Kind::input_grad)
    return accept(onednn::describe_backward_data(c, attr, engine, hint), c);
  return accept(onednn::describe_backward_weights(c, attr, engine, hint), c);
}

void Convolution::make_reorder() {
  reordered_ = !(weights_ == keras_);
  if (!reordered_) return;
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  const bool back = kind_ == Kind::kernel_grad;
  const dnnl::reorder::primitive_desc desc(onednn::engine(), back ? weights_ : keras_,
                                           onednn::engine(), back ? keras_ : weights_, attr);
  reorder_ = dnnl::primitive(desc.get());
  reorder_scratch_ = desc.scratchpad_desc();
}

std::string Convolution::create() {
  const OneOpenmpThread one;  // a primitive is made for so many threads
  try {
    sizes_.push_back(make(smallest_));
    if (smallest_ * split_.parts != s_.batch) sizes_.push_back(make(smallest_ + 1));
    make_reorder();
  } catch (const dnnl::error& e) {
    return std::string("oneDNN has nothing for it: ") + e.what();
  } catch (const Error& e) {
    return std::string("oneDNN has only its reference: ") + e.what();
  }
  const bool sums = kind_ == Kind::kernel_grad && (reordered_ || split_.parts > 1);
  if (reordered_ && !sums) reorder_at_ = aligned(weights_.get_size());
  parts_at_ = reorder_at_ + aligned(reorder_scratch_.get_size());
  for (const Sized& size : sizes_) sums_at_ = std::max(sums_at_, aligned(size.scratch.get_size()));
  part_bytes_ = sums_at_ + (sums ? aligned(weights_.get_size()) : 0);
  states_.add(new_state());
  return {};
}

std::unique_ptr<Running> Convolution::new_state() const {
  auto state = std::make_unique<Running>();
  const bool back = kind_ == Kind::kernel_grad;
  if (reordered_)
    state->reorder.emplace(reorder_, Call::Arguments{{DNNL_ARG_FROM, back ? weights_ : keras_},
                                                     {DNNL_ARG_TO, back ? keras_ : weights_},
                                                     {DNNL_ARG_SCRATCHPAD, reorder_scratch_}});
  for (int i = 0; i < split_.parts; ++i) {
    const Sized& z = sized(i);
    Call::Arguments arguments;
    if (kind_ == Kind::forward)
      arguments = {{DNNL_ARG_SRC, z.src}, {DNNL_ARG_WEIGHTS, weights_}, {DNNL_ARG_DST, z.dst}};
    else if (kind_ == Kind::input_grad)
      arguments = {
          {DNNL_ARG_DIFF_DST, z.dst}, {DNNL_ARG_WEIGHTS, weights_}, {DNNL_ARG_DIFF_SRC, z.src}};
    else
      arguments = {
          {DNNL_ARG_SRC, z.src}, {DNNL_ARG_DIFF_DST, z.dst}, {DNNL_ARG_DIFF_WEIGHTS, weights_}};
    arguments.emplace_back(DNNL_ARG_SCRATCHPAD, z.scratch);
    if (bias_)
      arguments.emplace_back(DNNL_ARG_BIAS,
                             Desc({s_.filters}, result_, dnnl::memory::format_tag::x));
    state->parts.emplace_back(z.primitive, arguments);
  }
  return state;
}

void Convolution::run_parts(Running& state) const {
  if (split_.parts == 1) return state.parts[0].execute();
  parallel_for(split_.parts, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) state.parts[static_cast<std::size_t>(i)].execute();
  });
}

void Convolution::run_forward(const KernelArgs& a, Running& state) const {
  const void* weights = a.in<void>(1);
  if (reordered_) {
    state.reorder->bind(0, weights);
    state.reorder->bind(1, a.workspace);
    state.reorder->bind(2, static_cast<char*>(a.workspace) + reorder_at_);
    state.reorder->execute();
    weights = a.workspace;
  }
  const auto x = static_cast<std::size_t>(s_.pixels_in() * s_.channels),
             y = static_cast<std::size_t>(s_.pixels_out() * s_.filters);
  const bool forward = kind_ == Kind::forward;
  const std::size_t in = (forward ? x : y) * onednn::bytes_of(type_),
                    out = (forward ? y : x) * onednn::bytes_of(result_);
  for (int i = 0; i < split_.parts; ++i) {
    Call& call = state.parts[static_cast<std::size_t>(i)];
    const auto first = static_cast<std::size_t>(split_.begin(i));
    call.bind(0, a.in<char>(0) + first * in);
    call.bind(1, weights);
    call.bind(2, a.out<char>(0) + first * out);
    call.bind(3, part(a.workspace, i));
    if (bias_) call.bind(4, a.in<void>(2));
  }
  run_parts(state);
}

void Convolution::run_kernel_grad(const KernelArgs& a, Running& state) const {
  const std::size_t item = onednn::bytes_of(type_);
  const auto x = static_cast<std::size_t>(s_.pixels_in() * s_.channels) * item,
             y = static_cast<std::size_t>(s_.pixels_out() * s_.filters) * item;
  const bool direct = !reordered_ && split_.parts == 1;
  for (int i = 0; i < split_.parts; ++i) {
    Call& call = state.parts[static_cast<std::size_t>(i)];
    const auto first = static_cast<std::size_t>(split_.begin(i));
    call.bind(0, a.in<char>(0) + first * x);
    call.bind(1, a.in<char>(1) + first * y);
    call.bind(2, direct ? a.out<char>(0) : part(a.workspace, i) + sums_at_);
    call.bind(3, part(a.workspace, i));
  }
  run_parts(state);
  if (direct) return;
  // The parts' sums in their order, in oneDNN's layout.
  auto* total = reinterpret_cast<float*>(part(a.workspace, 0) + sums_at_);
  const std::size_t count = weights_.get_size() / sizeof(float);
  for (int i = 1; i < split_.parts; ++i) {
    const auto* more = reinterpret_cast<const float*>(part(a.workspace, i) + sums_at_);
    for (std::size_t j = 0; j < count; ++j) total[j] += more[j];
  }
  if (!reordered_) {
    std::memcpy(a.out<void>(0), total, count * sizeof(float));
    return;
  }
  state.reorder->bind(0, total);
  state.reorder->bind(1, a.out<void>(0));
  state.reorder->bind(2, static_cast<char*>(a.workspace) + reorder_at_);
  state.reorder->execute();
}

void Convolution::run(const KernelArgs& a) {
  const auto state = states_.take([this] { return new_state(); });
  if (kind_ == Kind::kernel_grad)
    run_kernel_grad(a, *state);
  else
    run_forward(a, *state);
}

template <Kind kind>
PreparedKernel prepare(const KernelRequest& r, std::string& why_not) {
  if (!onednn::is_product(r)) {
    why_not = "only float32 and bfloat16";
    return {};
  }
  const ConvShape s(r);
  if (s.empty()) {
    why_not = "nothing to compute";
    return {};
  }
  if (own_conv_beats_onednn(r)) {
    why_not = "our own kernel is faster";
    return {};
  }
  const auto convolution = std::make_shared<Convolution>(r, kind);
  why_not = convolution->create();
  if (!why_not.empty()) return {};
  return {.run = [convolution](const KernelArgs& a) { convolution->run(a); },
          .workspace_bytes = convolution->workspace_bytes()};
}

}  // namespace
}  // namespace weft::cpu

namespace weft::registration {
void onednn_conv(KernelTable& table) {
  using cpu::Kind;
  table.add("conv", {.name = "onednn", .prepare = cpu::prepare<Kind::forward>});
  table.add("conv_input_grad", {.name = "onednn", .prepare = cpu::prepare<Kind::input_grad>});
  table.add("conv_kernel_grad", {.name = "onednn", .prepare = cpu::prepare<Kind::kernel_grad>});
}
}  // namespace weft::registration
