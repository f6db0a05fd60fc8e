// Two emulated devices among weft's, with the CPU's kernels run in the order of their streams.
#include <weft/core/device.h>
#include <weft/core/error.h>
#include <weft/weft.h>

#include <algorithm>
#include <cstdlib>

#include "graph/executor/step.hpp"
#include "tests/cuda_host/backend_case.h"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using test::error_of;

namespace {

/// The default device for a scope.
struct OnDevice {
  explicit OnDevice(const char* name) { set_device(name); }
  ~OnDevice() { set_device("cpu"); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
};

}  // namespace

TEST_CASE("devices: options from the environment", "[cuda_host]") {
  setenv("WEFT_EMULATED_DEVICES", "2", 1);
  setenv("WEFT_EMULATE_LAZY", "1", 1);
  const cuda::emulate::HostOptions set = cuda::emulate::options_from_environment();
  const auto api = cuda::make_device_api();
  unsetenv("WEFT_EMULATED_DEVICES");
  unsetenv("WEFT_EMULATE_LAZY");
  CHECK(set.devices == 2);
  CHECK(set.lazy);
  CHECK(api->device_count() == 2);
  CHECK(cuda::emulate::options_from_environment().devices == 1);
  CHECK_FALSE(cuda::emulate::options_from_environment().lazy);
}

TEST_CASE("devices: tensors on two of them, and from one to the other", "[cuda_host]") {
  test::registered_devices();
  const std::vector<float> values = {1, 2, 3, 4};
  const Tensor host = Tensor::from(values);
  const Tensor first = host.to("cuda:0"), second = host.to("cuda:1");
  CHECK(first.to("cuda:1").to_vector<float>() == values);
  CHECK(second.to("cuda").to_vector<float>() == values);
  CHECK(second.to("cpu").to_vector<float>() == values);
  CHECK((first + first).to_vector<float>() == std::vector<float>{2, 4, 6, 8});
  CHECK((second * 3.0F).to_vector<float>() == std::vector<float>{3, 6, 9, 12});
  CHECK((first + first).device() == "cuda:0");
  CHECK((second * 3.0F).device() == "cuda:1");
  CHECK((first + second.to("cuda:0")).to_vector<float>() == std::vector<float>{2, 4, 6, 8});
}

TEST_CASE("devices: what lies on the host follows a device, two of them are refused",
          "[cuda_host]") {
  test::registered_devices();
  const Tensor host = ops::ones({3}).to("cpu");
  const Tensor first = host.to("cuda:0"), second = host.to("cuda:1");
  CHECK(error_of<DeviceError>([&] { static_cast<void>(first + second); }) ==
        "ops::add: the inputs are on different devices: cuda:0 and cuda:1. Use to(device) first.");
  for (const Tensor& sum : {second + host, host + second}) {
    CHECK(sum.device() == "cuda:1");
    CHECK(sum.to_vector<float>() == std::vector<float>{2, 2, 2});
  }
  CHECK(error_of<DeviceError>([&] { static_cast<void>(host.to("cuda:2")); }).substr(0, 71) ==
        "There is no device 'cuda:2' here. Expected one of: cpu, cuda:0, cuda:1.");
}

TEST_CASE("devices: a single number of one follows the others", "[cuda_host]") {
  test::registered_devices();
  const Tensor number = ops::full({}, 5.0F).to("cuda:0"), second = ops::ones({3}).to("cuda:1");
  const Tensor sum = number + second;
  CHECK(sum.device() == "cuda:1");
  CHECK(sum.to_vector<float>() == std::vector<float>{6, 6, 6});
}

TEST_CASE("devices: a plan runs where its variables are, recorded at its third run",
          "[cuda_host]") {
  cuda::emulate::HostApi& api = test::registered_devices();
  for (const char* name : {"cuda:0", "cuda:1"}) {
    INFO(name);
    const OnDevice on(name);
    const Variable counter(ops::zeros({3}));
    CHECK(counter.value().device() == name);
    executor::Step step([&](const std::vector<Tensor>& in) -> executor::StepResult {
      Variable(counter).assign(counter + in[0]);
      return {{in[0] * 2.0F}, {}};
    });
    const Tensor x = ops::ones({3});
    const auto bound = step.bind({x});
    api.options().record_calls = true;
    api.clear_calls();
    for (int i = 0; i < 5; ++i) bound->run({x});
    const std::vector<std::string> calls = api.calls();
    api.options().record_calls = false;
    const auto count = [&](const char* call) {
      return std::count(calls.begin(), calls.end(), call);
    };
    CHECK(count("begin_capture") == 1);
    CHECK(count("launch_graph") == 3);
    CHECK(count("allocate") <= 1);  // the arena
    CHECK(count("synchronize") == 0);
    CHECK(counter.value().to_vector<float>() == std::vector<float>{5, 5, 5});
    CHECK(bound->outputs()[0].to_vector<float>() == std::vector<float>{2, 2, 2});
  }
}

TEST_CASE("devices: memory that ends is an error, and the process goes on", "[cuda_host]") {
  cuda::emulate::HostApi& api = test::registered_devices();
  auto& b = dynamic_cast<cuda::CudaBackend&>(backend("cuda:1"));
  b.pool().trim();
  const OnDevice on("cuda:1");
  const std::size_t all = api.options().memory_bytes;
  const std::size_t used = used_memory_bytes("cuda:1");
  api.options().memory_bytes = std::size_t{9} << 20;
  {
    const Tensor kept = ops::ones({1000000});
    const std::string text = error_of<OutOfMemory>([&] {
      std::vector<Tensor> more;
      for (int i = 0; i < 10; ++i) more.push_back(kept + 1.0F);
    });
    CHECK(text.substr(0, 42) == "cuda:1: could not allocate 4000000 bytes; ");
    CHECK((kept + 1.0F).slice({Slice{0, 2}}).to_vector<float>() == std::vector<float>{2, 2});
  }
  api.options().memory_bytes = all;
  CHECK(used_memory_bytes("cuda:1") == used);
}
