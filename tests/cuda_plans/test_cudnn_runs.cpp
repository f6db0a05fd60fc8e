// The kernels of convolution through cuDNN, on the emulated device: the plans are cuDNN's, what
// they do is done by plain loops (cudnn_on_host.hpp). So layouts, addresses, workspace and what is
// done before and behind the call are those of a GPU; the CPU's kernels say what is right.
#include <weft/core/backend.h>

#include <cmath>
#include <thread>

#include "core/access.hpp"
#include "tests/cuda_plans/cudnn_on_host.hpp"
#include "tests/cuda_plans/device_memory.h"
#include "tests/harness/catch.h"
#include "tests/harness/keep_settings.h"
#include "tests/harness/op_case.h"

namespace weft::testing {
namespace {

using Ints = std::vector<std::int64_t>;

/// A request with the memory that it runs on.
struct Call {
  const OpDef& op;
  Config attrs;
  std::vector<TensorSpec> inputs, outputs;
  std::vector<Tensor> values;  ///< of the inputs

  Call(const char* name, std::vector<TensorSpec> in, Config with)
      : op(find_op(name)), attrs(std::move(with)), inputs(std::move(in)) {
    outputs = op.infer(inputs, attrs);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      values.push_back(make_input({inputs[i].shape, inputs[i].dtype}, i + 1));
  }
  PreparedKernel prepare(Backend& backend) const {
    PreparedKernel kernel = backend.prepare({op, attrs, inputs, outputs});
    if (&backend == &device()) REQUIRE(kernel.name == op.name + "/cudnn");
    return kernel;
  }
};

/// A call's blocks on a backend, `offset` bytes off the alignment of memory.
struct Memory {
  std::vector<std::unique_ptr<Block>> inputs;
  std::unique_ptr<Block> output, workspace;

  Memory(Backend& backend, const Call& call, std::size_t workspace_bytes, std::size_t offset = 0)
      : output(std::make_unique<Block>(backend, bytes_of(call.outputs[0]), offset)),
        workspace(std::make_unique<Block>(backend, workspace_bytes)) {
    for (std::size_t i = 0; i < call.inputs.size(); ++i) {
      inputs.push_back(std::make_unique<Block>(backend, bytes_of(call.inputs[i]), offset));
      inputs.back()->write(detail::impl(call.values[i]).data());
    }
  }
  std::vector<std::byte> run(const PreparedKernel& kernel, Backend& backend) const {
    std::vector<const void*> in;
    for (const auto& block : inputs) in.push_back(block->data());
    void* out = output->data();
    kernel.run({in.data(), &out, workspace->data(), backend.stream()});
    workspace->read();
    return output->read();
  }
};

std::vector<std::byte> run(const Call& call, Backend& backend, std::size_t offset = 0) {
  const PreparedKernel kernel = call.prepare(backend);
  return Memory(backend, call, kernel.workspace_bytes, offset).run(kernel, backend);
}

void check(const Call& call, std::size_t offset = 0) {
  const TensorSpec& y = call.outputs[0];
  check_close(numbers(run(call, device(), offset), y), numbers(run(call, backend("cpu")), y),
              tolerance_for(y.dtype, 1e-5), call.op.name + call.inputs[0].shape.to_string());
}

Config windows(const Ints& strides, const std::vector<Ints>& padding, const Ints& dilation) {
  return {{"strides", strides}, {"padding", padding}, {"dilation_rate", dilation}};
}

/// A small convolution, and its gradients with the same explicit padding.
std::vector<Call> calls(DType dtype) {
  std::vector<Call> all;
  const auto add = [&](const Shape& x, const Shape& kernel, const Config& attrs) {
    all.emplace_back("conv", std::vector<TensorSpec>{{x, dtype}, {kernel, dtype}}, attrs);
    const TensorSpec y = all.back().outputs[0];
    Config more = attrs;
    more.set("groups", x[-1] / kernel[-2]);
    all.emplace_back("conv_input_grad", std::vector<TensorSpec>{y, {kernel, dtype}}, more);
    Ints size;
    for (int i = 0; i + 2 < kernel.rank(); ++i) size.push_back(kernel[i]);
    all.emplace_back("conv_kernel_grad", std::vector<TensorSpec>{{x, dtype}, y},
                     more.set("kernel_size", size));
  };
  add({2, 9, 8, 5}, {3, 2, 5, 7}, windows({2, 1}, {{0, 0}, {1, 0}}, {1, 2}));
  add({3, 8, 8, 4}, {3, 3, 4, 8}, windows({2, 2}, {{0, 1}, {0, 1}}, {1, 1}));
  add({2, 7, 7, 6}, {3, 3, 3, 4}, windows({1, 1}, {{1, 1}, {1, 1}}, {1, 1}));
  add({2, 6, 6, 8}, {1, 1, 8, 1}, windows({1, 1}, {{0, 0}, {0, 0}}, {1, 1}));
  add({2, 11, 3}, {4, 3, 5}, windows({3}, {{1, 1}}, {1}));
  add({1, 4, 5, 6, 2}, {2, 3, 2, 2, 3}, windows({1, 2, 1}, {{0, 1}, {1, 1}, {0, 0}}, {1, 1, 2}));
  return all;
}

}  // namespace

TEST_CASE("cudnn: convolutions through its plans are the CPU's", "[cuda_cudnn_runs]") {
  for (const char* name : {"sm_80", "sm_90"}) {
    test::set_host_device(name);
    for (DType dtype : {DType::float32, DType::float16, DType::bfloat16, DType::float64}) {
      for (const Call& call : calls(dtype)) check(call);
    }
  }
}

TEST_CASE("cudnn: data that is not aligned", "[cuda_cudnn_runs]") {
  for (DType dtype : {DType::float32, DType::bfloat16, DType::float64}) {
    for (const Call& call : calls(dtype)) check(call, dtype.itemsize());
  }
}

TEST_CASE("cudnn: bias and relu behind a convolution", "[cuda_cudnn_runs]") {
  const test::KeepSettings keep;
  for (const char* precision : {"highest", "high"}) {
    set_float32_matmul_precision(precision);
    for (DType dtype : {DType::float32, DType::bfloat16}) {
      for (const char* activation : {"", "relu"}) {
        const std::vector<TensorSpec> in = {
            {{2, 6, 5, 3}, dtype}, {{3, 3, 3, 8}, dtype}, {{8}, dtype}};
        const Call call("conv", in, {{"padding", "same"}, {"activation", activation}});
        check(call);
        const bool by_cudnn = std::string(precision) == "high";
        const std::string& plan = test::host_calls().last_plan;
        CHECK((plan.find("POINTWISE_ADD") != std::string::npos) == by_cudnn);
        CHECK((plan.find("RELU_FWD") != std::string::npos) == (by_cudnn && *activation != '\0'));
      }
    }
  }
  set_float32_matmul_precision("highest");
}

TEST_CASE("cudnn: NaN stays NaN behind relu", "[cuda_cudnn_runs]") {
  Call call("conv",
            {{{1, 2, 2, 2}, DType::float32}, {{1, 1, 2, 4}, DType::float32}, {{4}, DType::float32}},
            {{"activation", "relu"}});
  call.values[0] = make_input({.shape = {1, 2, 2, 2}, .values = {NAN}});
  const test::KeepSettings keep;
  for (const char* precision : {"highest", "high"}) {
    set_float32_matmul_precision(precision);
    for (double v : numbers(run(call, device()), call.outputs[0]).values) CHECK(std::isnan(v));
  }
}

TEST_CASE("cudnn: the same addresses are bound once", "[cuda_cudnn_runs]") {
  const Call call = calls(DType::float32).front();
  const PreparedKernel kernel = call.prepare(device());
  const Memory first(device(), call, kernel.workspace_bytes),
      second(device(), call, kernel.workspace_bytes);
  const auto result = first.run(kernel, device());
  const std::size_t packs = test::host_calls().packs, executed = test::host_calls().executed;
  for (int i = 0; i < 3; ++i) CHECK(first.run(kernel, device()) == result);
  CHECK(test::host_calls().packs == packs);
  CHECK(test::host_calls().executed == executed + 3);
  CHECK(second.run(kernel, device()) == result);
  CHECK(test::host_calls().packs == packs + 1);
}

TEST_CASE("cudnn: a kernel that several threads run", "[cuda_cudnn_runs]") {
  const Call call = calls(DType::float32).front();
  const PreparedKernel kernel = call.prepare(device());
  const auto expected = run(call, device());
  constexpr int threads = 4;
  std::vector<std::vector<std::byte>> results(threads);
  {
    std::vector<std::unique_ptr<Memory>> memories;
    for (int i = 0; i < threads; ++i)
      memories.push_back(std::make_unique<Memory>(device(), call, kernel.workspace_bytes));
    std::vector<std::thread> running;
    for (int i = 0; i < threads; ++i) {
      running.emplace_back([&, i] {
        const auto n = static_cast<std::size_t>(i);
        const Memory& m = *memories[n];
        const void* in[] = {m.inputs[0]->data(), m.inputs[1]->data()};
        void* out = m.output->data();
        for (int k = 0; k < 3; ++k) kernel.run({in, &out, m.workspace->data(), device().stream()});
      });
    }
    for (std::thread& thread : running) thread.join();
    for (int i = 0; i < threads; ++i) {
      const auto n = static_cast<std::size_t>(i);
      results[n] = memories[n]->output->read();
    }
  }
  for (const auto& result : results) CHECK(result == expected);
}

}  // namespace weft::testing
