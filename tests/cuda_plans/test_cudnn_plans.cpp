// Every convolution that weft is likely to meet has an engine in cuDNN on an A100, an H200 and a
// B200: within the workspace limit, one that always gives the same bits, one that computes float32
// in float32, one for addresses that are not aligned. cuDNN is asked for devices that are only
// described, so this needs none.
#include <fmt/core.h>
#include <weft/core/error.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>

#include "backends/cuda/cudnn/conv_request.hpp"
#include "backends/cuda/cudnn/plan_cache.hpp"
#include "tests/cuda_plans/cudnn_on_host.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/keep_settings.h"

namespace weft::cuda::cudnn {
namespace {

using Ints = std::vector<std::int64_t>;

/// A layer, and what is asked of it: a convolution with its gradients, or conv_input_grad as a
/// transposed convolution.
struct Layer {
  std::string name;
  Shape x, kernel;
  std::string padding = "valid";
  Ints strides = {}, dilation = {};  ///< empty: ones
};

std::vector<Layer> models() {
  std::vector<Layer> layers = {
      {"mnist_cnn", {128, 28, 28, 1}, {3, 3, 1, 32}},
      {"mnist_cnn", {128, 26, 26, 32}, {3, 3, 32, 64}},
      {"mnist_cnn, last batch", {96, 28, 28, 1}, {3, 3, 1, 32}},
      {"mnist_cnn, last batch", {96, 26, 26, 32}, {3, 3, 32, 64}},
      {"mnist_cnn, one image", {1, 28, 28, 1}, {3, 3, 1, 32}},
      {"mnist_cnn, one image", {1, 26, 26, 32}, {3, 3, 32, 64}},
      {"toy_resnet", {64, 32, 32, 3}, {3, 3, 3, 32}},
      {"toy_resnet", {64, 30, 30, 32}, {3, 3, 32, 64}},
      {"toy_resnet", {64, 9, 9, 64}, {3, 3, 64, 64}, "same"},
      {"toy_resnet", {64, 9, 9, 64}, {3, 3, 64, 64}},
      {"toy_resnet, one image", {1, 9, 9, 64}, {3, 3, 64, 64}, "same"},
      {"autoencoder", {64, 28, 28, 1}, {3, 3, 1, 16}},
      {"autoencoder", {64, 26, 26, 16}, {3, 3, 16, 32}},
      {"autoencoder", {64, 8, 8, 32}, {3, 3, 32, 32}},
      {"autoencoder", {64, 6, 6, 32}, {3, 3, 32, 16}},
      {"resnet50, stem", {32, 224, 224, 3}, {7, 7, 3, 64}, "same", {2, 2}},
      {"resnet50, 1x1", {32, 56, 56, 64}, {1, 1, 64, 256}},
      {"resnet50, 1x1 down", {32, 56, 56, 256}, {1, 1, 256, 512}, "valid", {2, 2}},
      {"resnet50, 3x3 down", {32, 56, 56, 128}, {3, 3, 128, 128}, "same", {2, 2}},
  };
  // VGG19: size of the image, channels, filters.
  for (const auto& [size, channels, filters] :
       {std::tuple{224, 3, 64}, std::tuple{224, 64, 64}, std::tuple{112, 64, 128},
        std::tuple{56, 128, 256}, std::tuple{28, 256, 512}, std::tuple{14, 512, 512}})
    layers.push_back({"vgg19", {16, size, size, channels}, {3, 3, channels, filters}, "same"});
  return layers;
}

std::vector<Layer> forms() {
  return {
      {"5x5", {32, 20, 20, 16}, {5, 5, 16, 24}, "same"},
      {"4x4, even window", {32, 21, 21, 16}, {4, 4, 16, 32}, "same"},
      {"2x2, asymmetric", {32, 16, 16, 16}, {2, 2, 16, 16}, "same"},
      {"stride 2, asymmetric", {32, 16, 16, 32}, {3, 3, 32, 32}, "same", {2, 2}},
      {"stride 3, left over", {16, 32, 31, 24}, {3, 3, 24, 40}, "valid", {3, 2}},
      {"stride beyond the window", {16, 20, 20, 8}, {1, 1, 8, 16}, "valid", {3, 3}},
      {"dilated", {16, 33, 33, 32}, {3, 3, 32, 32}, "same", {}, {2, 2}},
      {"dilated by rows", {16, 33, 20, 32}, {3, 3, 32, 32}, "valid", {}, {4, 1}},
      {"grouped", {32, 14, 14, 128}, {3, 3, 4, 128}, "same"},
      {"grouped, few", {32, 14, 14, 64}, {3, 3, 32, 128}, "same", {2, 2}},
      {"grouped, odd", {8, 13, 13, 15}, {3, 3, 5, 21}, "same"},
      {"odd channels", {8, 13, 13, 5}, {3, 3, 5, 7}, "same"},
      {"odd everything", {3, 11, 17, 13}, {5, 3, 13, 1}, "valid", {2, 1}},
      {"one filter", {64, 28, 28, 16}, {3, 3, 16, 1}},
      {"one pixel", {64, 1, 1, 256}, {1, 1, 256, 10}},
      {"window of the image", {16, 7, 7, 32}, {7, 7, 32, 100}},
      {"large window", {4, 40, 40, 8}, {11, 11, 8, 16}, "same", {4, 4}},
      {"1-D", {32, 256, 64}, {5, 64, 64}, "same"},
      {"1-D, first layer", {32, 1000, 1}, {9, 1, 16}, "same", {4}},
      {"1-D, dilated", {16, 128, 32}, {3, 32, 32}, "same", {}, {8}},
      {"1-D, odd", {7, 101, 3}, {4, 3, 5}, "valid", {3}},
      {"3-D", {4, 16, 32, 32, 32}, {3, 3, 3, 32, 32}, "same"},
      {"3-D, first layer", {2, 16, 64, 64, 1}, {3, 3, 3, 1, 16}, "same", {2, 2, 2}},
      {"3-D, odd", {2, 7, 9, 11, 5}, {2, 3, 4, 5, 6}, "valid", {1, 2, 3}},
      {"3-D, three channels", {2, 8, 32, 32, 3}, {3, 7, 7, 3, 24}, "same", {1, 2, 2}},
  };
}

/// conv_input_grad's attributes as conv_transpose makes them (core/ops/conv_transpose.cpp).
struct Transposed {
  std::string name;
  Shape g, kernel;
  Ints strides;
  std::vector<Ints> padding;
};

std::vector<Transposed> transposed() {
  return {
      {"autoencoder", {64, 4, 4, 1}, {3, 3, 16, 1}, {1, 1}, {{0, 0}, {0, 0}}},
      {"autoencoder", {64, 6, 6, 16}, {3, 3, 32, 16}, {1, 1}, {{0, 0}, {0, 0}}},
      {"autoencoder", {64, 24, 24, 32}, {3, 3, 16, 32}, {1, 1}, {{0, 0}, {0, 0}}},
      {"autoencoder", {64, 26, 26, 16}, {3, 3, 1, 16}, {1, 1}, {{0, 0}, {0, 0}}},
      {"same, stride 2", {32, 14, 14, 64}, {3, 3, 32, 64}, {2, 2}, {{0, 1}, {0, 1}}},
      {"same, 4x4", {32, 8, 8, 128}, {4, 4, 64, 128}, {2, 2}, {{1, 1}, {1, 1}}},
      {"stride beyond the window", {16, 9, 9, 8}, {2, 2, 4, 8}, {3, 3}, {{0, -1}, {0, -1}}},
      {"output_padding", {16, 9, 9, 16}, {3, 3, 8, 16}, {2, 2}, {{0, -1}, {0, -1}}},
      {"1-D", {16, 50, 32}, {4, 16, 32}, {2}, {{1, 1}}},
      {"3-D", {2, 5, 6, 7, 16}, {3, 3, 3, 8, 16}, {2, 2, 2}, {{0, 1}, {0, 1}, {0, 1}}},
  };
}

/// A request that keeps what it speaks of.
struct Asked {
  std::string text;
  Config attrs;
  std::vector<TensorSpec> inputs, outputs;
  const OpDef* op;

  Asked(std::string name, const char* op_name, std::vector<TensorSpec> in, Config with)
      : text(std::move(name)),
        attrs(std::move(with)),
        inputs(std::move(in)),
        op(&find_op(op_name)) {
    outputs = op->infer(inputs, attrs);
    text += fmt::format(": {} {}", op_name, inputs[0].dtype.name());
    for (const TensorSpec& input : inputs) text += input.shape.to_string();
  }
  KernelRequest request() const { return {*op, attrs, inputs, outputs}; }
};

/// The layer and its two gradients, whose padding is explicit (as conv's gradient makes it).
void add_layer(std::vector<Asked>& all, const Layer& layer, DType dtype) {
  const auto rank = static_cast<std::size_t>(layer.x.rank() - 2);
  const Ints ones(rank, 1), strides = layer.strides.empty() ? ones : layer.strides,
                            dilation = layer.dilation.empty() ? ones : layer.dilation;
  Config attrs = {{"strides", strides}, {"padding", layer.padding}, {"dilation_rate", dilation}};
  const TensorSpec x{layer.x, dtype}, kernel{layer.kernel, dtype};
  all.emplace_back(layer.name, "conv", std::vector<TensorSpec>{x, kernel}, attrs);
  const Shape y = all.back().outputs[0].shape;
  std::vector<Ints> padding;
  Ints size;
  for (std::size_t i = 0; i < rank; ++i) {
    const auto axis = static_cast<int>(i) + 1;
    const std::int64_t window = layer.kernel[axis - 1], reach = (window - 1) * dilation[i] + 1,
                       total = (y[axis] - 1) * strides[i] + reach - layer.x[axis],
                       before = layer.padding == "same" ? std::max<std::int64_t>(total, 0) / 2 : 0;
    padding.push_back({before, total - before});
    size.push_back(window);
  }
  attrs = {{"strides", strides},
           {"padding", padding},
           {"dilation_rate", dilation},
           {"groups", layer.x[-1] / layer.kernel[-2]}};
  const TensorSpec g{y, dtype};
  all.emplace_back(layer.name, "conv_input_grad", std::vector<TensorSpec>{g, kernel}, attrs);
  all.emplace_back(layer.name, "conv_kernel_grad", std::vector<TensorSpec>{x, g},
                   attrs.set("kernel_size", size));
}

std::vector<Asked> everything() {
  std::vector<Asked> all;
  for (const Layer& layer : models()) {
    for (DType dtype : {DType::float32, DType::bfloat16}) add_layer(all, layer, dtype);
  }
  for (const Layer& layer : forms()) {
    for (DType dtype : {DType::float32, DType::float16, DType::bfloat16, DType::float64})
      add_layer(all, layer, dtype);
  }
  for (const Transposed& t : transposed()) {
    for (DType dtype : {DType::float32, DType::float16, DType::bfloat16, DType::float64})
      all.emplace_back(
          "transposed, " + t.name, "conv_input_grad",
          std::vector<TensorSpec>{{t.g, dtype}, {t.kernel, dtype}},
          Config{
              {"strides", t.strides}, {"padding", t.padding}, {"dilation_rate", 1}, {"groups", 1}});
  }
  return all;
}

/// What a sweep over one device found.
struct Findings {
  int asked = 0, supported = 0, same_bits = 0, strict = 0, strict_asked = 0, unaligned = 0,
      unaligned_asked = 0;
  int fused = 0, fused_asked = 0, with_relu = 0, not_first = 0;
  std::size_t largest_workspace = 0;
  std::set<std::int64_t> engines;
  std::vector<std::string> missing;  ///< what has no engine, and of which kind

  std::string text(const std::string& device) const {
    std::string lines = fmt::format(
        "{}: {} convolutions, {} supported, {} with the same bits always ({} only behind a faster "
        "one), {} of {} in strict float32, {} of {} unaligned, {} of {} with bias ({} with relu "
        "too), largest "
        "workspace {:.1f} MiB, {} engines\n",
        device, asked, supported, same_bits, not_first, strict, strict_asked, unaligned,
        unaligned_asked, fused, fused_asked, with_relu,
        static_cast<double>(largest_workspace) / (1 << 20), engines.size());
    for (const std::string& one : missing) lines += "  " + one + "\n";
    return lines;
  }
};

class Sweep {
 public:
  explicit Sweep(const Target& target) : target_(target) {}

  void look_at(const std::string& text, const ConvDescription& d) {
    ++found_.asked;
    const bool is_float32 = d.operands == DType::float32;
    const auto usual = ask(text, "any", d, {.tf32 = true});
    if (!usual) return;
    ++found_.supported;
    look_at_unaligned(text, d, {.tf32 = true}, *usual);
    found_.engines.insert(usual->engine);
    found_.largest_workspace = std::max(found_.largest_workspace, usual->workspace_bytes);
    auto same = usual;
    if (!usual->deterministic()) {
      ++found_.not_first;
      same = ask(text, "deterministic", d, {.tf32 = true, .deterministic = true});
    }
    if (same) ++found_.same_bits;
    if (is_float32) {
      ++found_.strict_asked;
      const auto strict = ask(text, "strict float32", d, {.deterministic = true});
      if (strict) {
        ++found_.strict;
        CHECK_FALSE(strict->has(CUDNN_NUMERICAL_NOTE_TENSOR_CORE));
        look_at_unaligned(text, d, {.deterministic = true}, *strict);
      }
    }
    if (d.kind == ConvKind::forward) look_at_fused(text, d);
  }
  const Findings& found() const { return found_; }

 private:
  std::shared_ptr<const ConvChoice> ask(const std::string& text, const char* what,
                                        const ConvDescription& d, const ConvPolicy& policy) {
    std::string why_not;
    auto choice = choose(d, policy, target_, why_not);
    if (!choice) {
      found_.missing.push_back(fmt::format("{}: {}: {}", text, what, why_not));
      return nullptr;
    }
    CHECK(choice->workspace_bytes <= policy.workspace_limit);
    CHECK_FALSE(choice->has(CUDNN_BEHAVIOR_NOTE_RUNTIME_COMPILATION));
    CHECK((choice->deterministic() || !policy.deterministic));
    return choice;
  }

  // In the workspace that there is: the kernel's promise for data that is part of something.
  void look_at_unaligned(const std::string& text, ConvDescription d, ConvPolicy policy,
                         const ConvChoice& aligned) {
    d.alignment = static_cast<std::int64_t>(d.operands.itemsize());
    policy.workspace_limit = aligned.workspace_bytes;
    ++found_.unaligned_asked;
    if (ask(text, "unaligned", d, policy)) ++found_.unaligned;
  }

  void look_at_fused(const std::string& text, ConvDescription d) {
    d.bias = true;
    ++found_.fused_asked;
    if (const auto fused = ask(text, "bias", d, {.tf32 = true})) {
      ++found_.fused;
      look_at_unaligned(text, d, {.tf32 = true}, *fused);
    }
    d.relu = true;
    if (const auto fused = ask(text, "bias and relu", d, {.tf32 = true})) {
      ++found_.with_relu;
      CHECK(fused->has(CUDNN_NUMERICAL_NOTE_STRICT_NAN_PROP));
      look_at_unaligned(text, d, {.tf32 = true}, *fused);
    }
  }

  const Target& target_;
  Findings found_;
};

/// The target, or none where this version of cuDNN does not read the description.
std::unique_ptr<Target> described(const std::string& name) {
  try {
    return std::make_unique<Target>(Target::described(test::device_json(name)));
  } catch (const DeviceError& error) {
    std::printf("SKIPPED: cuDNN %zu does not read the description of a device: %s\n",
                cudnnGetVersion(), error.what());
    return nullptr;
  }
}

ConvDescription described(const Asked& asked) {
  std::string why_not;
  const auto d = describe(asked.request(), why_not);
  INFO(asked.text << ": " << why_not);
  REQUIRE(d);
  return *d;
}

std::string why_declined(const Asked& asked) {
  std::string why_not;
  CHECK_FALSE(describe(asked.request(), why_not));
  return why_not;
}

}  // namespace

TEST_CASE("cudnn: every convolution has its engines", "[cuda_cudnn_plans]") {
  const auto begin = std::chrono::steady_clock::now();
  const std::vector<Asked> all = everything();
  CHECK(all.size() >= 300);
  for (const char* device : {"sm_80", "sm_90", "sm_100"}) {
    const std::unique_ptr<Target> target = described(device);
    if (!target) return;
    Sweep sweep(*target);
    for (const Asked& asked : all) sweep.look_at(asked.text, described(asked));
    const Findings& f = sweep.found();
    std::fputs(f.text(device).c_str(), stdout);
    // What has none is declined, and runs through the plain kernel.
    const int few = f.asked / 100;
    CHECK(f.asked - f.supported == 0);
    CHECK(f.asked - f.same_bits == 0);
    CHECK(f.strict_asked - f.strict <= few);
    CHECK(f.unaligned_asked - f.unaligned == 0);
    CHECK(f.fused_asked - f.fused <= few);
    CHECK(f.fused_asked - f.with_relu <= few);
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%zu convolutions on three devices in %.1f s\n", all.size(), took.count());
}

TEST_CASE("cudnn: the sweep finds what has no engine", "[cuda_cudnn_plans]") {
  const std::unique_ptr<Target> target = described("sm_90");
  if (!target) return;
  const Asked sound("planted", "conv",
                    {{{8, 16, 16, 32}, DType::bfloat16}, {{3, 3, 32, 32}, DType::bfloat16}}, {});
  ConvDescription mixed = described(sound);
  mixed.result = DType::float32;  // known to have none
  ConvDescription broken = described(sound);
  broken.out[0] += 1;  // not the sizes of these windows
  Sweep sweep(*target);
  sweep.look_at("sound", described(sound));
  CHECK(sweep.found().missing.empty());
  sweep.look_at("mixed", mixed);
  sweep.look_at("broken", broken);
  CHECK(sweep.found().asked == 3);
  CHECK(sweep.found().supported == 1);
  REQUIRE(sweep.found().missing.size() == 2);
  CHECK(sweep.found().missing[0] == "mixed: any: cuDNN has no engine for it");
  CHECK_THAT(sweep.found().missing[1],
             Catch::Matchers::Contains("broken: any: cuDNN: closing a descriptor"));
}

TEST_CASE("cudnn: a workspace limit is kept, and said", "[cuda_cudnn_plans]") {
  const std::unique_ptr<Target> target = described("sm_90");
  if (!target) return;
  // The stem of a ResNet, whose three channels are padded in the workspace.
  const ConvDescription d = described(Asked(
      "stem", "conv", {{{32, 224, 224, 3}, DType::bfloat16}, {{7, 7, 3, 64}, DType::bfloat16}},
      {{"strides", 2}, {"padding", "same"}}));
  std::string why_not;
  const auto usual = choose(d, {}, *target, why_not);
  REQUIRE(usual);
  if (usual->workspace_bytes == 0) return;  // this cuDNN has an engine that needs none
  CHECK_THAT(usual->text(), Catch::Matchers::Contains("MiB"));
  const auto smaller = choose(d, {.workspace_limit = usual->workspace_bytes - 1}, *target, why_not);
  if (smaller)
    CHECK(smaller->workspace_bytes < usual->workspace_bytes);
  else
    CHECK_THAT(why_not, Catch::Matchers::Contains("need too much workspace"));
}

TEST_CASE("cudnn: what convolutions are declined", "[cuda_cudnn_plans]") {
  const auto f32 = [](const Shape& shape) { return TensorSpec{shape, DType::float32}; };
  CHECK(why_declined({"depthwise", "conv", {f32({8, 9, 9, 16}), f32({3, 3, 1, 16})}, {}}) ==
        "depthwise: our own kernel is faster");
  CHECK(why_declined({"empty", "conv", {f32({0, 9, 9, 16}), f32({3, 3, 16, 16})}, {}}) ==
        "nothing to compute");
  for (const std::vector<Ints>& padding :
       {std::vector<Ints>{{0, -3}, {0, 0}}, std::vector<Ints>{{0, 0}, {-1, 0}}})
    CHECK(
        why_declined(
            {"negative", "conv", {f32({2, 9, 9, 4}), f32({3, 3, 4, 4})}, {{"padding", padding}}}) ==
        "padding that is negative in cuDNN's terms");
  CHECK(why_declined({"bfloat16 to float32",
                      "conv",
                      {{{2, 9, 9, 4}, DType::bfloat16}, {{3, 3, 4, 4}, DType::bfloat16}},
                      {{"dtype", DType(DType::float32)}}}) ==
        "cuDNN has no engine from bfloat16 to float32");
}

TEST_CASE("cudnn: the policy follows the settings", "[cuda_cudnn_plans]") {
  const test::KeepSettings keep;
  CHECK_FALSE(current_policy().tf32);
  CHECK_FALSE(current_policy().deterministic);
  set_float32_matmul_precision("high");
  set_deterministic(true);
  CHECK(current_policy().tf32);
  CHECK(current_policy().deterministic);
  set_float32_matmul_precision("highest");
}

TEST_CASE("cudnn: choices and plans are found again", "[cuda_cudnn_plans]") {
  const std::unique_ptr<Target> target = described("sm_90");
  if (!target) return;
  PlanCache cache(2);
  std::vector<ConvDescription> three;
  for (std::int64_t batch : {1, 2, 3}) {
    const auto f32 = [](const Shape& shape) { return TensorSpec{shape, DType::float32}; };
    three.push_back(
        described(Asked("small", "conv", {f32({batch, 9, 9, 4}), f32({3, 3, 4, 4})}, {})));
  }
  std::string why_not;
  const auto first = cache.choice(three[0], {}, *target, why_not);
  CHECK(cache.choice(three[0], {}, *target, why_not) == first);
  CHECK_FALSE(cache.choice(three[0], {.tf32 = true}, *target, why_not) == first);
  CHECK(cache.size() == 2);
  CHECK(cache.choice(three[0], {}, *target, why_not) == first);  // so the other one is dropped
  cache.choice(three[1], {}, *target, why_not);
  CHECK(cache.size() == 2);
  CHECK(cache.choice(three[0], {}, *target, why_not) == first);

  auto plan = cache.plan(three[0], {}, *target, why_not);
  const auto other = cache.plan(three[0], {}, *target, why_not);
  CHECK_FALSE(plan == other);  // a plan is for one at a time
  const ConvPlan* const was = plan.get();
  plan.reset();
  CHECK(cache.plan(three[0], {}, *target, why_not).get() == was);

  three[2].result = DType::float64;  // has no engine: that is known too
  CHECK_FALSE(cache.plan(three[2], {}, *target, why_not));
  const std::string reason = std::exchange(why_not, "");
  CHECK_FALSE(cache.plan(three[2], {}, *target, why_not));
  CHECK(why_not == reason);
}

}  // namespace weft::cuda::cudnn
