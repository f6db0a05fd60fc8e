// What a step of training asks of the driver once it has been captured: one launch of what was
// recorded, and for that neither memory nor a wait. The numbers are printed.
#include <weft/core/backend.h>
#include <weft/core/device.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "benchmarks/common/models.hpp"
#include "core/driver_counts.hpp"
#include "tests/harness/catch.h"

using namespace weft;

namespace {

using detail::DriverCounts;

DriverCounts counts() {
  const auto* counting = dynamic_cast<detail::CountsDriverCalls*>(&backend("cuda:0"));
  REQUIRE(counting != nullptr);
  return counting->driver_counts();
}

/// What the driver has been asked for by the end of each step.
class CountSteps : public Callback {
 public:
  std::vector<DriverCounts> after;
  void on_train_batch_end(int, Logs&) override { after.push_back(counts()); }
};

/// Data sets as large as that are on the device; others go there batch by batch.
struct DeviceData {
  explicit DeviceData(const char* bytes) { setenv("WEFT_DEVICE_DATA_BYTES", bytes, 1); }
  ~DeviceData() { unsetenv("WEFT_DEVICE_DATA_BYTES"); }
  DeviceData(const DeviceData&) = delete;
  DeviceData& operator=(const DeviceData&) = delete;
};

/// Of each step in turn, from the first that has nothing left to prepare.
std::vector<DriverCounts> steady_steps(const char* model) {
  constexpr int batch = 2, steps = 7, warm = 4;
  const std::string before = device();
  set_device("cuda:0");
  clear_session();
  set_random_seed(1);
  bench::Bench bench = bench::make_bench(model, batch);
  const auto seen = std::make_shared<CountSteps>();
  bench.model.fit(bench.data, {.batch_size = batch,
                               .epochs = 1,
                               .verbose = 0,
                               .callbacks = {seen},
                               .steps_per_epoch = steps});
  set_device(before);
  REQUIRE(seen->after.size() == steps);
  std::vector<DriverCounts> out;
  for (std::size_t i = warm; i < seen->after.size(); ++i) {
    const DriverCounts &a = seen->after[i - 1], &b = seen->after[i];
    out.push_back({b.calls - a.calls, b.allocations - a.allocations, b.waits - a.waits,
                   b.graph_launches - a.graph_launches});
  }
  return out;
}

/// `waits`: those of the ring, for a batch that was sent a whole ring ago.
void check(const char* model, const char* fed, std::size_t waits) {
  INFO(model << " " << fed);
  const std::vector<DriverCounts> all = steady_steps(model);
  DriverCounts most;
  for (const DriverCounts& c : all) {
    CHECK(c.allocations == 0);
    CHECK(c.waits == waits);
    CHECK(c.graph_launches == 1);
    CHECK(c.calls == all[0].calls);
    most.allocations = std::max(most.allocations, c.allocations);
    most.waits = std::max(most.waits, c.waits);
    most.graph_launches = std::max(most.graph_launches, c.graph_launches);
  }
  std::printf(
      "driver calls of a step, %s, %s: %zu allocations, %zu waits, %zu graph launches, %zu "
      "calls in all (%zu steps)\n",
      model, fed, most.allocations, most.waits, most.graph_launches, all[0].calls, all.size());
}

}  // namespace

TEST_CASE("a captured step is one graph launch without allocation or wait", "[device]") {
  if (!backend("cuda:0").can_capture()) {
    std::puts("SKIPPED: WEFT_CUDA_GRAPH=0");
    return;
  }
  for (const char* model : {"mlp", "cnn", "lstm_rows"}) {
    {
      const DeviceData on_device("1000000000");
      check(model, "data on the device", 0);
    }
    const DeviceData by_ring("0");
    check(model, "data through the ring", 2);
  }
}

// Otherwise the test above could not fail.
TEST_CASE("the driver's counts see an allocation, a wait and a launch", "[device]") {
  const std::string before = device();
  set_device("cuda:0");
  const DriverCounts begin = counts();
  {
    const Tensor x = ops::ones({3 << 20});  // more than the pool keeps by then
    const DriverCounts made = counts();
    CHECK(made.allocations > begin.allocations);
    CHECK(made.calls > begin.calls);
    CHECK(x.to_vector<float>()[5] == 1);
    CHECK(counts().waits > made.waits);
  }
  CHECK(counts().graph_launches == begin.graph_launches);
  set_device(before);
}
