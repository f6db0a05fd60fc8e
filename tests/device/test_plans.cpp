// Test 10 of the architecture, CUDA's half: a model's plan has the same ops on the CPU and on a
// CUDA device before the backend's own passes, and there no op is left to a reference that the CPU
// does not have too.
#include <weft/core/backend.h>

#include <cstdlib>

#include "benchmarks/common/models.hpp"
#include "graph/plan/dump.hpp"
#include "tests/harness/catch.h"
#include "training/data/batches.hpp"
#include "training/model_parts.hpp"
#include "training/model_state.hpp"

using namespace weft;

namespace {

struct KeepPasses {
  explicit KeepPasses(const char* off) { setenv("WEFT_PASSES_OFF", off, 1); }
  ~KeepPasses() { unsetenv("WEFT_PASSES_OFF"); }
  KeepPasses(const KeepPasses&) = delete;
  KeepPasses& operator=(const KeepPasses&) = delete;
};

/// The ops of a model's training step on a device.
std::string ops_of(const std::string& model, const std::string& where) {
  const std::string before = device();
  set_device(where);
  clear_session();
  set_random_seed(1);
  const bench::Bench bench = bench::make_bench(model, 4);
  auto& layer = static_cast<ModelLayer&>(*bench.model.base());
  detail::Batches batches(bench.data, bench.batch_size, detail::device_of(layer));
  detail::StepRunner runner(layer, detail::StepKind::train, batches.structure());
  const plan::Plan& plan = runner.prepare(batches.stage(0));
  CHECK(plan.backend->device() == where);
  std::string dump = plan::dump(plan.graph);
  set_device(before);
  return dump;
}

}  // namespace

TEST_CASE("plans have the same ops on CPU and CUDA before the backend's own passes", "[device]") {
  const KeepPasses off("crossentropy,bfloat16_products,epilogues,pointwise_groups");
  for (const char* model : {"mlp", "cnn", "lstm_rows", "ticket", "toy_resnet"}) {
    INFO(model);
    const std::string cpu = ops_of(model, "cpu"), cuda = ops_of(model, "cuda:0");
    CHECK(cpu.size() > 1000);
    CHECK(cpu == cuda);
  }
}

TEST_CASE("CUDA has kernels for everything that passes make", "[device]") {
  for (const char* model : {"mlp", "cnn", "lstm_rows", "ticket", "toy_resnet", "autoencoder",
                            "transformer", "big_mlp", "mlp_wide"}) {
    INFO(model);
    const std::string ops = ops_of(model, "cuda:0");
    CHECK(ops.find("_update(") != std::string::npos);
    CHECK(ops.find("pointwise_group(") != std::string::npos);
  }
}
