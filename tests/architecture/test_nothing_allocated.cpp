// Test 3: from the third step on nothing is allocated, neither by operator new nor from a backend,
// and the measured peak is the announced plan. Calls into oneDNN, which allocates by itself, are
// counted apart: WEFT_KERNEL=reference leaves them out.
#include <atomic>
#include <cstdlib>
#include <new>

#include "core/memory_stats.hpp"
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"
#include "training/data/batches.hpp"
#include "training/model_state.hpp"

namespace {
std::atomic<std::uint64_t> news{0};
}

// The whole test program counts; but under the sanitizers, which bring an operator new of their
// own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
void* operator new(std::size_t bytes) {
  news.fetch_add(1, std::memory_order_relaxed);
  if (void* p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
  throw std::bad_alloc();
}
void* operator new[](std::size_t bytes) { return operator new(bytes); }
void operator delete(void* p) noexcept { std::free(p); }
void operator delete[](void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }
void operator delete[](void* p, std::size_t) noexcept { std::free(p); }
#endif

using namespace weft;
using namespace weft::test;

namespace {

struct Counts {
  std::uint64_t news, backend;
};

Counts count_steps(Model& model, detail::StepKind kind) {
  const Batch data = made_up(64, 16, 4, 1);
  const Dataset set = kind == detail::StepKind::predict ? Dataset::from_tensors(data.x)
                                                        : Dataset::from_tensors(data.x, data.y);
  detail::Batches batches(set, 8);
  batches.shuffle(1, 0);
  detail::StepRunner runner(static_cast<ModelLayer&>(*model.base()), kind, batches.structure());
  for (int i = 0; i < 2; ++i) runner.run(batches.stage(i));
  const Counts before{news, detail::allocation_count()};
  for (int i = 2; i < 8; ++i) runner.run(batches.stage(i));
  return {news - before.news, detail::allocation_count() - before.backend};
}

}  // namespace

TEST_CASE("nothing is allocated from the third step on", "[architecture]") {
  setenv("WEFT_KERNEL", "reference", 1);
  Model plain = small_mlp(), shared = shared_normalization();
  for (Model* model : {&plain, &shared}) {
    model->compile(classification(optimizers::Adam()));
    for (detail::StepKind kind :
         {detail::StepKind::train, detail::StepKind::test, detail::StepKind::predict}) {
      const Counts c = count_steps(*model, kind);
      CHECK(c.news == 0);
      CHECK(c.backend == 0);
    }
  }
  unsetenv("WEFT_KERNEL");
}

TEST_CASE("the backend's memory does not grow with steps, oneDNN or not", "[architecture]") {
  Model model = small_mlp();
  model.compile(classification(optimizers::RMSprop()));
  CHECK(count_steps(model, detail::StepKind::train).backend == 0);
}

TEST_CASE("the measured peak equals the announced plan", "[architecture]") {
  Model model = shared_normalization();
  model.compile(classification(optimizers::RMSprop()));
  const MemoryReport report = model.memory_report({.batch_size = 32});
  const Batch data = made_up(32, 16, 4, 1);
  const trace::CallStructure structure({data.x, data.y, Tensors()});
  const std::vector<Tensor> flat = structure.flatten({data.x, data.y, Tensors()});
  detail::StepRunner runner(static_cast<ModelLayer&>(*model.base()), detail::StepKind::train,
                            structure);
  runner.prepare(flat);
  const std::size_t before = used_memory_bytes();
  detail::reset_peak_memory("cpu");
  runner.run(flat);
  CHECK(peak_memory_bytes() - before == report.activation_bytes);
  CHECK(report.weight_bytes > 0);
  CHECK(report.optimizer_bytes > 0);
}
