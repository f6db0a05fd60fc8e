// Convolutions and their gradients as cuDNN's graphs, and the choice of an engine for them.
#pragma once
#include <weft/core/dtype.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "backends/cuda/cudnn/target.hpp"

namespace weft::cuda::cudnn {

enum class ConvKind { forward, input_gradient, kernel_gradient };

/// One of them. x is `[batch, in..., channels]`, y `[batch, out..., filters]`, the kernel as cuDNN
/// wants it: `[filters, window..., channels / groups]`. All are dense. Element o * stride + k *
/// dilation - before of x belongs to position o and element k of the window.
struct ConvDescription {
  static constexpr int most_dims = 3;
  using Sizes = std::array<std::int64_t, most_dims>;

  ConvKind kind = ConvKind::forward;
  DType operands = DType::float32;  ///< of the two tensors that are read
  DType result = DType::float32;    ///< of the one that is written, and of the bias
  int dims = 2;                     ///< spatial ones: 2 or 3; what is behind them is not read
  std::int64_t batch = 0, channels = 0, filters = 0, groups = 1;
  Sizes in{}, out{}, window{}, stride{}, dilation{}, before{}, behind{};
  bool bias = false, relu = false;  ///< of forward: y = relu(conv + bias); relu only with a bias
  std::int64_t alignment = 16;      ///< of all addresses, in bytes

  friend bool operator==(const ConvDescription&, const ConvDescription&) = default;

  std::int64_t taps() const { return product(window); }
  std::int64_t positions() const { return product(out); }
  /// Of the kernel, in elements.
  std::int64_t kernel_size() const { return filters * (channels / groups) * taps(); }

 private:
  std::int64_t product(const Sizes& sizes) const;
};

/// What an engine may do.
struct ConvPolicy {
  static constexpr std::size_t default_workspace = std::size_t{512} << 20;

  /// Whether products of float32 may be made of operands rounded to TF32. Otherwise no tensor core
  /// touches them.
  bool tf32 = false;
  /// Whether only engines that always give the same bits will do. Otherwise they are preferred.
  bool deterministic = false;
  std::size_t workspace_limit = default_workspace;

  friend bool operator==(const ConvPolicy&, const ConvPolicy&) = default;
};

/// An engine, and how it is set. It does not change, and may be shared by threads.
struct ConvChoice {
  Descriptor config;
  std::int64_t engine = -1;  ///< cuDNN's number of it
  std::size_t workspace_bytes = 0;
  std::uint32_t numerical_notes = 0, behavior_notes = 0;  ///< a bit for each of cuDNN's notes

  bool has(cudnnBackendNumericalNote_t note) const { return (numerical_notes >> note & 1) != 0; }
  bool has(cudnnBackendBehaviorNote_t note) const { return (behavior_notes >> note & 1) != 0; }
  bool deterministic() const { return !has(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC); }
  /// "engine 34, tensor cores, workspace 2.0 MiB".
  std::string text() const;
};

/// The engine that cuDNN expects to be the fastest of those that the policy allows: none that
/// compiles at run time, none whose sums are less precise than their operands' sums in weft are.
/// Engines that give the same bits come before those that do not, unless cuDNN has them as a last
/// resort only. Null, and why, where cuDNN has none.
std::shared_ptr<const ConvChoice> choose(const ConvDescription& description,
                                         const ConvPolicy& policy, const Target& target,
                                         std::string& why_not);

/// A choice made ready to run. Not for two threads at once: some engines keep what they are doing
/// there (cuDNN's release notes, "Limitations").
class ConvPlan {
 public:
  ConvPlan(std::shared_ptr<const ConvChoice> choice, const Target& target);
  const ConvChoice& choice() const { return *choice_; }
  const Descriptor& descriptor() const { return plan_; }

 private:
  std::shared_ptr<const ConvChoice> choice_;
  Descriptor plan_;
};

/// The addresses of one run; what a kind has no use for is null.
struct ConvPointers {
  void* x = nullptr;
  void* kernel = nullptr;
  void* y = nullptr;
  void* bias = nullptr;
  void* workspace = nullptr;

  friend bool operator==(const ConvPointers&, const ConvPointers&) = default;
};

/// What cuDNN takes them in.
Descriptor variant_pack(const ConvPointers& pointers);

}  // namespace weft::cuda::cudnn
