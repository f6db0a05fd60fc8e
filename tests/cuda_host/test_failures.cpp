// Every call of the device fails once, one after the other. Each time an error that says so comes
// out, or the result is right all the same; nothing is left behind; and the device works on.
#include <weft/core/device.h>
#include <weft/core/error.h>
#include <weft/weft.h>

#include <iostream>

#include "graph/executor/step.hpp"
#include "tests/cuda_host/backend_case.h"
#include "tests/harness/catch.h"

using namespace weft;
using test::EmulatedBackend;

namespace {

struct Tally {
  int failed = 0, absorbed = 0;
};

/// Runs `scenario` with its first, second, third call failing, until it makes fewer. `settle` gives
/// back what is only kept.
template <class Scenario, class Settle>
Tally fail_every_call(cuda::emulate::HostApi& api, const Scenario& scenario, const Settle& settle) {
  const auto expected = scenario();
  settle();
  const std::size_t before = api.live_objects();
  Tally tally;
  for (std::size_t call = 1;; ++call) {
    INFO("call " << call);
    api.options().fail_at = call;
    try {
      const bool right = scenario() == expected;
      if (api.options().fail_at != 0) break;  // it makes fewer
      REQUIRE(right);
      ++tally.absorbed;
    } catch (const DeviceError&) {
      ++tally.failed;
    } catch (const OutOfMemory&) {
      ++tally.failed;
    }
    REQUIRE(api.options().fail_at == 0);
    settle();
    REQUIRE(api.live_objects() == before);
    REQUIRE(api.mistakes().empty());
    REQUIRE(scenario() == expected);
    settle();
    REQUIRE(api.live_objects() == before);
  }
  api.options().fail_at = 0;
  return tally;
}

void print(const char* scenario, bool lazy, const Tally& t) {
  std::cout << "injected failures: " << scenario << (lazy ? " (lazy)" : "") << ": "
            << t.failed + t.absorbed << " calls failed, " << t.failed << " errors came out, "
            << t.absorbed << " were absorbed\n";
}

// A step of a plan: matmul, its gradient, an update that is committed; recorded at its third run.
std::vector<float> train_by_plan() {
  Variable w(ops::zeros({3, 2}));
  executor::Step step([&](const std::vector<Tensor>& in) -> executor::StepResult {
    GradientTape tape;
    const Tensor loss = ops::mean(ops::square(ops::matmul(in[0], w) - in[1]));
    const Tensor gradient = tape.gradient(loss, std::vector<Variable>{w})[0];
    w.assign(w - gradient * 0.5f);
    return {{loss}, {}};
  });
  const Tensor x = Tensor::of({{1.0f, 2.0f, 3.0f}, {0.5f, -1.0f, 2.0f}}), y = ops::ones({2, 2});
  const auto bound = step.bind({x, y});
  for (int i = 0; i < 5; ++i) bound->run({x, y});
  std::vector<float> result = w.value().to_vector<float>();
  result.push_back(bound->outputs()[0].to_vector<float>()[0]);
  return result;
}

}  // namespace

TEST_CASE("failures: making a backend", "[cuda_host]") {
  for (const bool lazy : {false, true}) {
    cuda::emulate::HostOptions options;
    options.lazy = lazy;
    auto api = std::make_shared<cuda::emulate::HostApi>(options);
    const Tally t = fail_every_call(
        *api,
        [&] {
          cuda::CudaBackend made(api, 0);
          made.open();
          return made.description();
        },
        [] {});
    CHECK(t.failed >= 6);
    CHECK(t.absorbed == 0);
    print("making a backend", lazy, t);
  }
}

TEST_CASE("failures: training by hand", "[cuda_host]") {
  for (const bool lazy : {false, true}) {
    const EmulatedBackend b({.lazy = lazy});
    CHECK(test::train(*b) == test::Training::expected(test::steps_of_train));
    const Tally t = fail_every_call(
        *b.api, [&] { return test::train(*b); }, [&] { b->pool().trim(); });
    CHECK(t.failed + t.absorbed >= 110);  // fewer: the scenario has lost calls
    CHECK(t.absorbed >= 3);               // those of a capture
    print("training by hand", lazy, t);
  }
}

TEST_CASE("failures: training by a plan", "[cuda_host]") {
  cuda::emulate::HostApi& api = test::registered_devices();
  set_device("cuda:0");
  auto& b = dynamic_cast<cuda::CudaBackend&>(backend("cuda:0"));
  const std::size_t used = used_memory_bytes("cuda:0");
  set_device("cpu");
  const std::vector<float> expected = train_by_plan();
  set_device("cuda:0");
  CHECK(train_by_plan() == expected);
  const Tally t = fail_every_call(api, train_by_plan, [&] { b.pool().trim(); });
  set_device("cpu");
  CHECK(t.failed + t.absorbed >= 110);
  CHECK(t.absorbed >= 1);
  CHECK(used_memory_bytes("cuda:0") == used);
  print("training by a plan", api.options().lazy, t);
}
