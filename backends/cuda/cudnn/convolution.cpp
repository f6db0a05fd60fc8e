#include "backends/cuda/cudnn/convolution.hpp"

#include <fmt/core.h>

#include <utility>

#include "backends/cuda/cudnn/data_type.hpp"

namespace weft::cuda::cudnn {
namespace {

/// The tensors of a graph by number.
enum Tensors : std::int64_t { x_id = 1, kernel_id, y_id, bias_id, product_id, sum_id };

using Dims = std::vector<std::int64_t>;

/// Sums of float64 are made in float64, all others in float32.
cudnnDataType_t sum_type(const ConvDescription& d) {
  return d.operands == DType::float64 ? CUDNN_DATA_DOUBLE : CUDNN_DATA_FLOAT;
}

Dims spatial(const ConvDescription& d, const ConvDescription::Sizes& sizes) {
  return {sizes.begin(), sizes.begin() + d.dims};
}

/// cuDNN counts dimensions as [N, C, spatial...], whatever the order in memory.
Dims dims_of(std::int64_t outer, std::int64_t channels, const Dims& spatial) {
  Dims dims = {outer, channels};
  dims.insert(dims.end(), spatial.begin(), spatial.end());
  return dims;
}

Descriptor tensor(std::int64_t id, const Dims& dims, DType dtype, std::int64_t alignment,
                  bool is_virtual = false) {
  Dims strides(dims.size());
  strides[1] = 1;
  std::int64_t step = dims[1];
  for (std::size_t i = dims.size(); i-- > 2;) {
    strides[i] = step;
    step *= dims[i];
  }
  strides[0] = step;
  Descriptor t(CUDNN_BACKEND_TENSOR_DESCRIPTOR);
  t.set(CUDNN_ATTR_TENSOR_DATA_TYPE, type_of(dtype))
      .set(CUDNN_ATTR_TENSOR_DIMENSIONS, dims)
      .set(CUDNN_ATTR_TENSOR_STRIDES, strides)
      .set(CUDNN_ATTR_TENSOR_UNIQUE_ID, id)
      .set(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, alignment)
      .set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, is_virtual)
      .finalize();
  return t;
}

Descriptor window_descriptor(const ConvDescription& d) {
  Descriptor window(CUDNN_BACKEND_CONVOLUTION_DESCRIPTOR);
  window.set(CUDNN_ATTR_CONVOLUTION_SPATIAL_DIMS, static_cast<std::int64_t>(d.dims))
      .set(CUDNN_ATTR_CONVOLUTION_COMP_TYPE, sum_type(d))
      .set(CUDNN_ATTR_CONVOLUTION_CONV_MODE, CUDNN_CROSS_CORRELATION)
      .set(CUDNN_ATTR_CONVOLUTION_PRE_PADDINGS, spatial(d, d.before))
      .set(CUDNN_ATTR_CONVOLUTION_POST_PADDINGS, spatial(d, d.behind))
      .set(CUDNN_ATTR_CONVOLUTION_DILATIONS, spatial(d, d.dilation))
      .set(CUDNN_ATTR_CONVOLUTION_FILTER_STRIDES, spatial(d, d.stride))
      .finalize();
  return window;
}

/// How cuDNN names the parts of the operation of each kind.
struct OperationNames {
  cudnnBackendDescriptorType_t type;
  cudnnBackendAttributeName_t window, x, kernel, y, alpha, beta;
};

OperationNames names_of(ConvKind kind) {
  switch (kind) {
    case ConvKind::forward:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_FORWARD_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_X,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_Y,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_FORWARD_BETA};
    case ConvKind::input_gradient:
      return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_DATA_DESCRIPTOR,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_CONV_DESC,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DX,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_W,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_DY,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_ALPHA,
              CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_DATA_BETA};
    case ConvKind::kernel_gradient:
      break;
  }
  return {CUDNN_BACKEND_OPERATION_CONVOLUTION_BACKWARD_FILTER_DESCRIPTOR,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_CONV_DESC,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_X,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DW,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_DY,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_ALPHA,
          CUDNN_ATTR_OPERATION_CONVOLUTION_BWD_FILTER_BETA};
}

/// from -> mode(from[, other]) -> to.
Descriptor pointwise(const ConvDescription& d, cudnnPointwiseMode_t mode, const Descriptor& from,
                     const Descriptor* other, const Descriptor& to) {
  Descriptor kind(CUDNN_BACKEND_POINTWISE_DESCRIPTOR);
  kind.set(CUDNN_ATTR_POINTWISE_MODE, mode).set(CUDNN_ATTR_POINTWISE_MATH_PREC, sum_type(d));
  kind.finalize();
  Descriptor operation(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR);
  operation.set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, kind)
      .set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, from)
      .set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, to);
  if (other != nullptr) operation.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, *other);
  operation.finalize();
  return operation;
}

/// The convolution itself, with its result in `y`.
Descriptor convolution(const ConvDescription& d, const Descriptor& y) {
  const auto typed = [&](ConvKind written) { return d.kind == written ? d.result : d.operands; };
  const Descriptor x = tensor(x_id, dims_of(d.batch, d.channels, spatial(d, d.in)),
                              typed(ConvKind::input_gradient), d.alignment),
                   kernel = tensor(kernel_id,
                                   dims_of(d.filters, d.channels / d.groups, spatial(d, d.window)),
                                   typed(ConvKind::kernel_gradient), d.alignment);
  const OperationNames names = names_of(d.kind);
  Descriptor conv(names.type);
  conv.set(names.window, window_descriptor(d));
  conv.set(names.x, x).set(names.kernel, kernel).set(names.y, y);
  if (d.operands == DType::float64)
    conv.set(names.alpha, 1.0).set(names.beta, 0.0);
  else
    conv.set(names.alpha, 1.0F).set(names.beta, 0.0F);
  conv.finalize();
  return conv;
}

/// conv(x, kernel) -> y, or conv -> product, product + bias -> y, or that -> sum, relu(sum) -> y.
Descriptor graph_of(const ConvDescription& d) {
  constexpr std::int64_t widest = 16;
  const DType between = d.operands == DType::float64 ? DType::float64 : DType::float32;
  const Dims dims = dims_of(d.batch, d.filters, spatial(d, d.out));
  const Descriptor y =
      tensor(y_id, dims, d.kind == ConvKind::forward ? d.result : d.operands, d.alignment);
  std::vector<Descriptor> operations;
  if (d.bias) {
    const Descriptor product = tensor(product_id, dims, between, widest, true),
                     sum = tensor(sum_id, dims, between, widest, true),
                     bias = tensor(bias_id, dims_of(1, d.filters, Dims(dims.size() - 2, 1)),
                                   d.result, d.alignment);
    operations.push_back(convolution(d, product));
    operations.push_back(pointwise(d, CUDNN_POINTWISE_ADD, product, &bias, d.relu ? sum : y));
    if (d.relu) operations.push_back(pointwise(d, CUDNN_POINTWISE_RELU_FWD, sum, nullptr, y));
  } else {
    operations.push_back(convolution(d, y));
  }
  Descriptor graph(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR);
  graph.set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operations).finalize();
  return graph;
}

template <class Note>
std::uint32_t notes_of(const Descriptor& engine, cudnnBackendAttributeName_t name) {
  constexpr std::int64_t most = 32;
  std::uint32_t bits = 0;
  for (Note note : engine.get<Note>(name, most)) bits |= std::uint32_t{1} << note;
  return bits;
}

/// An engine's settings with its notes; nothing is built yet.
ConvChoice read_choice(Descriptor config) {
  ConvChoice choice{.config = std::move(config)};
  const std::vector<Descriptor> engines =
      choice.config.get_descriptors(CUDNN_ATTR_ENGINECFG_ENGINE, CUDNN_BACKEND_ENGINE_DESCRIPTOR);
  if (engines.empty()) throw DeviceError("cuDNN: an engine's settings name no engine");
  const Descriptor& engine = engines.front();
  choice.engine = engine.get<std::int64_t>(CUDNN_ATTR_ENGINE_GLOBAL_INDEX);
  choice.numerical_notes =
      notes_of<cudnnBackendNumericalNote_t>(engine, CUDNN_ATTR_ENGINE_NUMERICAL_NOTE);
  choice.behavior_notes =
      notes_of<cudnnBackendBehaviorNote_t>(engine, CUDNN_ATTR_ENGINE_BEHAVIOR_NOTE);
  return choice;
}

/// Why engines were passed over, counted.
struct Passed {
  int compiling = 0, imprecise = 0, loses_nan = 0, nondeterministic = 0, large = 0, refused = 0;

  std::string text() const {
    std::string list;
    const auto add = [&](int count, const char* what) {
      if (count != 0) list += fmt::format("{}{} {}", list.empty() ? "" : ", ", count, what);
    };
    add(compiling, "compile at run time");
    add(imprecise, "are not precise enough");
    add(loses_nan, "may lose NaN");
    add(nondeterministic, "are not deterministic");
    add(large, "need too much workspace");
    add(refused, "do not take it");
    return list.empty() ? "cuDNN has no engine for it" : "of cuDNN's engines " + list;
  }
};

class Chooser {
 public:
  Chooser(const ConvDescription& d, const ConvPolicy& policy, const Target& target)
      : d_(d), policy_(policy), target_(target), graph_(graph_of(d)) {}

  std::shared_ptr<const ConvChoice> run() {
    // The first of the list that gives the same bits, the first that does not, and then the same
    // of what cuDNN has as a last resort.
    for (const cudnnBackendHeurMode_t mode : {CUDNN_HEUR_MODE_A, CUDNN_HEUR_MODE_FALLBACK}) {
      std::vector<ConvChoice> allowed = list(mode);
      for (const bool same_bits : {true, false}) {
        for (ConvChoice& choice : allowed) {
          if (choice.deterministic() == same_bits && build(choice))
            return std::make_shared<const ConvChoice>(std::move(choice));
        }
      }
    }
    return nullptr;
  }
  std::string why_not() const { return passed_.text(); }

 private:
  std::vector<ConvChoice> list(cudnnBackendHeurMode_t mode) {
    Descriptor heuristics(CUDNN_BACKEND_ENGINEHEUR_DESCRIPTOR);
    heuristics.set(CUDNN_ATTR_ENGINEHEUR_OPERATION_GRAPH, graph_)
        .set(CUDNN_ATTR_ENGINEHEUR_MODE, mode)
        .set(CUDNN_ATTR_ENGINEHEUR_DEVICEPROP, target_.properties());
    if (!heuristics.try_finalize()) return {};
    std::vector<ConvChoice> allowed;
    for (Descriptor& config : heuristics.get_descriptors(CUDNN_ATTR_ENGINEHEUR_RESULTS,
                                                         CUDNN_BACKEND_ENGINECFG_DESCRIPTOR)) {
      ConvChoice choice = read_choice(std::move(config));
      if (is_allowed(choice)) allowed.push_back(std::move(choice));
    }
    return allowed;
  }

  bool is_allowed(const ConvChoice& choice) {
    if (choice.has(CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION)) return ++passed_.compiling, false;
    // A model that went wrong is to show it: behind relu NaN stays NaN.
    if (d_.relu && !choice.has(CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP))
      return ++passed_.loses_nan, false;
    if (!is_precise(choice)) return ++passed_.imprecise, false;
    if (policy_.deterministic && !choice.deterministic()) return ++passed_.nondeterministic, false;
    return true;
  }

  bool is_precise(const ConvChoice& choice) const {
    if (choice.has(CUDNN_NUMERICAL_NOTE_REDUCED_PRECISION_REDUCTION)) return false;
    if (d_.operands == DType::float64) return !choice.has(CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS);
    if (!(d_.operands == DType::float32) || policy_.tf32) return true;
    // Winograd's larger tiles are less exact (Lavin and Gray, "Fast Algorithms for Convolutional
    // Neural Networks").
    for (const cudnnBackendNumericalNote_t note :
         {CUDNN_NUMERICAL_NOTE_TENSOR_CORE, CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS,
          CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_6x6, CUDNN_NUMERICAL_NOTE_WINOGRAD_TILE_13x13}) {
      if (choice.has(note)) return false;
    }
    return true;
  }

  /// Whether there is a plan of it within the limit; sets workspace_bytes.
  bool build(ConvChoice& choice) {
    Descriptor plan(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR);
    plan.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, choice.config)
        .set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, target_.properties());
    if (!plan.try_finalize()) return ++passed_.refused, false;
    choice.workspace_bytes =
        static_cast<std::size_t>(plan.get<std::int64_t>(CUDNN_ATTR_EXECUTION_PLAN_WORKSPACE_SIZE));
    if (choice.workspace_bytes > policy_.workspace_limit) return ++passed_.large, false;
    return true;
  }

  const ConvDescription& d_;
  const ConvPolicy& policy_;
  const Target& target_;
  Descriptor graph_;
  Passed passed_;
};

}  // namespace

std::int64_t ConvDescription::product(const Sizes& sizes) const {
  std::int64_t result = 1;
  for (int i = 0; i < dims; ++i) result *= sizes[static_cast<std::size_t>(i)];
  return result;
}

std::string ConvChoice::text() const {
  std::string text = fmt::format("engine {}", engine);
  const auto add = [&](cudnnBackendNumericalNote_t note, const char* what) {
    if (has(note)) text += fmt::format(", {}", what);
  };
  add(CUDNN_NUMERICAL_NOTE_TENSOR_CORE, "tensor cores");
  add(CUDNN_NUMERICAL_NOTE_DOWN_CONVERT_INPUTS, "operands rounded");
  add(CUDNN_NUMERICAL_NOTE_FFT, "FFT");
  add(CUDNN_NUMERICAL_NOTE_WINOGRAD, "Winograd");
  add(CUDNN_NUMERICAL_NOTE_NONDETERMINISTIC, "not deterministic");
  return text +
         fmt::format(", workspace {:.1f} MiB", static_cast<double>(workspace_bytes) / (1 << 20));
}

std::shared_ptr<const ConvChoice> choose(const ConvDescription& description,
                                         const ConvPolicy& policy, const Target& target,
                                         std::string& why_not) {
  try {
    Chooser chooser(description, policy, target);
    std::shared_ptr<const ConvChoice> choice = chooser.run();
    if (!choice) why_not = chooser.why_not();
    return choice;
  } catch (const DeviceError& error) {  // also of cuDNN's own making: the plain kernel can do it
    why_not = error.what();
    return nullptr;
  }
}

ConvPlan::ConvPlan(std::shared_ptr<const ConvChoice> choice, const Target& target)
    : choice_(std::move(choice)), plan_(CUDNN_BACKEND_EXECUTION_PLAN_DESCRIPTOR) {
  plan_.set(CUDNN_ATTR_EXECUTION_PLAN_ENGINE_CONFIG, choice_->config)
      .set(CUDNN_ATTR_EXECUTION_PLAN_DEVICEPROP, target.properties())
      .finalize();
}

Descriptor variant_pack(const ConvPointers& pointers) {
  std::vector<std::int64_t> ids;
  std::vector<void*> data;
  for (const auto& [id, address] :
       {std::pair{x_id, pointers.x}, std::pair{kernel_id, pointers.kernel},
        std::pair{y_id, pointers.y}, std::pair{bias_id, pointers.bias}}) {
    if (address == nullptr) continue;
    ids.push_back(id);
    data.push_back(address);
  }
  Descriptor pack(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
  pack.set(CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, ids)
      .set(CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS, data)
      .set(CUDNN_ATTR_VARIANT_PACK_WORKSPACE, pointers.workspace)
      .finalize();
  return pack;
}

}  // namespace weft::cuda::cudnn
