// A step for which there is no memory: what can be given back is, then it is tried once more, then
// the error says what takes the most; and work goes on.
#include <weft/core/device.h>
#include <weft/core/error.h>
#include <weft/weft.h>

#include "core/access.hpp"
#include "graph/executor/step.hpp"
#include "tests/cuda_host/backend_case.h"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using test::error_of;

namespace {

constexpr std::size_t mebi = std::size_t{1} << 20;

/// Every kernel of it wants as much workspace as a convolution may have.
class Hungry final : public cuda::CudaBackend {
 public:
  explicit Hungry(std::shared_ptr<cuda::DeviceApi> api) : CudaBackend(std::move(api), 0) {}
  PreparedKernel prepare(const KernelRequest& request) override {
    PreparedKernel kernel = backend("cpu").prepare(request);
    kernel.workspace_bytes = std::max(kernel.workspace_bytes, workspace_limit());
    return kernel;
  }
  bool can_capture() const override { return false; }
};

std::vector<float> doubled(const Tensor& x) {
  executor::Step step([](const std::vector<Tensor>& in) -> executor::StepResult {
    return {{ops::cumsum(in[0] + in[0])}, {}};
  });
  return step.bind({x})->run_fresh({x})[0].to_vector<float>();
}

}  // namespace

TEST_CASE("out of memory: convolutions get along with less workspace", "[cuda_host]") {
  const auto api =
      std::make_shared<cuda::emulate::HostApi>(cuda::emulate::options_from_environment());
  const auto device = std::make_shared<Hungry>(api);
  register_backend(device);
  const Tensor x = Tensor::from({1.0F, 2.0F}).to("cuda:0");
  api->options().memory_bytes = 100 * mebi;
  CHECK(doubled(x) == std::vector<float>{2, 6});
  CHECK(device->workspace_limit() == 64 * mebi);
  device->pool().trim();  // as if somebody else had taken what it keeps
  api->options().memory_bytes = 20 * mebi;
  CHECK(doubled(x) == std::vector<float>{2, 6});
  CHECK(device->workspace_limit() == 8 * mebi);
  device->pool().trim();
  api->options().memory_bytes = 4 * mebi;
  const std::string text = error_of<OutOfMemory>([&] { doubled(x); });
  CHECK_THAT(text, Catch::Matchers::Contains("cuda:0: could not allocate 8"));
  CHECK_THAT(text, Catch::Matchers::Contains("The step's arena has 8.0 MiB. Its largest tensors:\n"
                                             "        8.0 MiB  workspace of "));
  CHECK_FALSE(device->save_memory());
  api->options().memory_bytes = 20 * mebi;
  CHECK(doubled(x) == std::vector<float>{2, 6});
}

TEST_CASE(
    "out of memory: a model too large for a batch says what takes the most, and trains with a "
    "smaller one",
    "[cuda_host]") {
  cuda::emulate::HostApi& api = test::registered_devices();
  set_device("cuda:1");
  Tensor in = Input({300});
  Tensor h = layers::Dense(500, {.activation = "relu", .name = "wide"})(in);
  Model model(in, layers::Dense(2, {.name = "narrow"})(h));
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const Tensor x = ops::ones({4096, 300}).to("cpu"), y = ops::ones({4096, 2}).to("cpu");
  model.fit(x.slice({Slice{0, 64}}), y.slice({Slice{0, 64}}), {.batch_size = 64, .verbose = 0});
  const std::size_t all = api.options().memory_bytes;
  api.options().memory_bytes = used_memory_bytes("cuda:1") + 14 * mebi;
  const auto train = [&](int batch_size) {
    return model.fit(x, y, {.batch_size = batch_size, .verbose = 0}).history["loss"].back();
  };
  const std::string text = error_of<OutOfMemory>([&] { train(4096); });
  INFO(text);
  CHECK_THAT(text, Catch::Matchers::Contains("Lower the batch size"));
  CHECK_THAT(text, Catch::Matchers::Contains("7.8 MiB  output of matmul float32 (4096, 500) in "
                                             "layer '" +
                                             model.name() + "/wide'"));
  CHECK(std::isfinite(train(64)));
  api.options().memory_bytes = all;
  set_device("cpu");
}
