// Segments: a backend that can record is given each at its third run on the same addresses; one
// that cannot runs call by call; host steps lie between.
#include <weft/core/backend.h>

#include "core/access.hpp"
#include "core/capture.hpp"
#include "graph/executor/context.hpp"
#include "tests/harness/catch.h"

using namespace weft;

namespace {

struct Recording {
  Fn<void()> run;
};

// The CPU's memory; a recording is the function itself.
class Recorder final : public Backend, public detail::Capturing {
 public:
  std::string device() const override { return "recorder"; }
  std::string description() const override { return "a test's"; }
  void* allocate(std::size_t bytes) override { return backend("cpu").allocate(bytes); }
  void deallocate(void* memory, std::size_t bytes) noexcept override {
    backend("cpu").deallocate(memory, bytes);
  }
  void copy_from_host(void* to, const void* from, std::size_t n) override { copy(to, from, n); }
  void copy_to_host(void* to, const void* from, std::size_t n) override { copy(to, from, n); }
  void copy(void* to, const void* from, std::size_t n) override {
    backend("cpu").copy(to, from, n);
  }
  void fill_zero(void* p, std::size_t n) override { backend("cpu").fill_zero(p, n); }
  void synchronize() override {}
  bool can_capture() const override { return true; }
  std::shared_ptr<void> capture(const Fn<void()>& run) override {
    ++captures;
    return std::make_shared<Recording>(Recording{run});
  }
  void replay(void* recording) override {
    ++replays;
    static_cast<Recording*>(recording)->run();
  }
  int captures = 0, replays = 0;
};

// out = (x + x) + x in two nodes, the second a host step if asked for.
std::shared_ptr<plan::Plan> thrice(Backend& b, bool host_step) {
  const auto add = [](const KernelArgs& a) {
    *a.out<float>(0) = *a.in<float>(0) + *a.in<float>(1);
  };
  auto plan = std::make_shared<plan::Plan>();
  plan->backend = &b;
  plan::OpGraph& g = plan->graph;
  const TensorSpec number{Shape(), DType::float32};
  const int x = g.add_value(number, plan::Source::input, 0);
  const int twice = g.add_value(number, plan::Source::op, 0);
  const int out = g.add_value(number, plan::Source::op, 1);
  g.inputs = {x};
  g.outputs = {out};
  g.nodes = {{&find_op("add"), {}, {x, x}, {twice}, {}},
             {&find_op("add"), {}, {twice, x}, {out}, {}}};
  if (host_step) g.nodes[1].attrs.set("host_step", true);
  plan->kernels.resize(2);
  for (PreparedKernel& k : plan->kernels) k.run = add;
  plan->memory = plan::plan_memory(g, {{}, {}}, true);
  plan->segments = plan::segments_of(*plan);
  return plan;
}

float run(executor::Context& context, executor::ArenaPool& arenas, const float& x, float& y) {
  context.run({&x}, {&y}, arenas);
  return y;
}

}  // namespace

TEST_CASE("a segment is recorded at its third run and replayed from then on", "[architecture]") {
  const auto recorder = std::make_shared<Recorder>();
  executor::ArenaPool arenas;
  executor::Context context(thrice(*recorder, false));
  float x = 1, y = 0, other = 5;
  for (int i = 1; i <= 5; ++i) {
    x = static_cast<float>(i);
    CHECK(run(context, arenas, x, y) == 3 * x);
    CHECK(recorder->captures == (i < 3 ? 0 : 1));
    CHECK(recorder->replays == (i < 3 ? 0 : i - 2));
  }
  // Another address: what was recorded is of no use.
  CHECK(run(context, arenas, other, y) == 15);
  CHECK(recorder->replays == 3);
  run(context, arenas, other, y);
  CHECK(run(context, arenas, other, y) == 15);
  CHECK(recorder->captures == 2);
}

TEST_CASE("a host step splits a plan and is no part of a recording", "[architecture]") {
  const auto recorder = std::make_shared<Recorder>();
  executor::ArenaPool arenas;
  const auto plan = thrice(*recorder, true);
  REQUIRE(plan->segments.size() == 2);
  CHECK_FALSE(plan->segments[0].host);
  CHECK(plan->segments[1].host);
  executor::Context context(plan);
  float x = 2, y = 0;
  for (int i = 0; i < 4; ++i) CHECK(run(context, arenas, x, y) == 6);
  CHECK(recorder->captures == 1);
  CHECK(recorder->replays == 2);
}

TEST_CASE("a backend that cannot record runs call by call", "[architecture]") {
  executor::ArenaPool arenas;
  executor::Context context(thrice(backend("cpu"), false));
  float x = 4, y = 0;
  for (int i = 0; i < 4; ++i) CHECK(run(context, arenas, x, y) == 12);
}
