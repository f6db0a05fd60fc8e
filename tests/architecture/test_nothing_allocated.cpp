// Test 3: from the third step on nothing is allocated, neither by operator new nor from a backend,
// and the measured peak is the announced plan. What oneDNN allocates by itself is left out, known
// by the address that it calls from.
#include <dlfcn.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <new>

#include "core/default_backend.hpp"
#include "core/memory_stats.hpp"
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"
#include "tests/harness/keep_settings.h"
#include "training/data/batches.hpp"
#include "training/model_state.hpp"

namespace {
std::atomic<std::uint64_t> news{0};
std::atomic<bool> counting{false};
}  // namespace

// The whole test program counts; but under the sanitizers, which bring an operator new of their
// own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
namespace {
void count(const void* caller) {
  Dl_info where{};
  const bool known = dladdr(caller, &where) != 0 && where.dli_fname != nullptr;
  if (!known || std::strstr(where.dli_fname, "libdnnl") == nullptr)
    news.fetch_add(1, std::memory_order_relaxed);
}

void* allocate(std::size_t bytes, const void* caller) {
  if (counting.load(std::memory_order_relaxed)) count(caller);
  if (void* p = std::malloc(bytes == 0 ? 1 : bytes)) return p;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t bytes) { return allocate(bytes, __builtin_return_address(0)); }
void* operator new[](std::size_t bytes) { return allocate(bytes, __builtin_return_address(0)); }
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

Counts count_steps(Model& model, detail::StepKind kind, const Batch& data) {
  const Dataset set = kind == detail::StepKind::predict ? Dataset::from_tensors(data.x)
                                                        : Dataset::from_tensors(data.x, data.y);
  detail::Batches batches(set, 8, detail::default_backend());
  batches.shuffle(1, 0);
  detail::StepRunner runner(static_cast<ModelLayer&>(*model.base()), kind, batches.structure());
  for (int i = 0; i < 2; ++i) runner.run(batches.stage(i));
  const Counts before{news, detail::allocation_count()};
  counting = true;
  for (int i = 2; i < 8; ++i) runner.run(batches.stage(i));
  counting = false;
  return {news - before.news, detail::allocation_count() - before.backend};
}

Counts count_steps(Model& model, detail::StepKind kind) {
  return count_steps(model, kind, made_up(64, 16, 4, 1));
}

/// All kinds of kernels: convolution and pooling, recurrence, attention.
Model of_all_kinds() {
  const Tensor in = Input({16});
  Tensor image = layers::Conv2D(6, 3, {.activation = "relu"})(layers::Reshape({4, 4, 1})(in));
  image = layers::MaxPooling2D(2)(layers::Conv2DTranspose(20, 3)(image));
  Tensor rows = layers::GRU(5, {.return_sequences = true})(layers::Reshape({4, 4})(in));
  rows = rows + layers::MultiHeadAttention(2, 3)({rows, rows});
  const Tensor x = layers::concatenate(
      {layers::GlobalAveragePooling2D()(image), layers::LSTM(6)(rows), layers::Dropout(0.5)(in)});
  return Model(in, layers::Dense(4)(layers::LayerNormalization()(x)));
}

}  // namespace

TEST_CASE("nothing is allocated from the third step on", "[architecture][cpu]") {
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

TEST_CASE("nor by any kernel that is taken by itself, on one thread or two",
          "[architecture][cpu]") {
  const test::KeepSettings keep;
  for (const int threads : {1, 2}) {
    set_num_threads(threads);
    Model model = of_all_kinds();
    model.compile(classification(optimizers::Adam()));
    for (detail::StepKind kind :
         {detail::StepKind::train, detail::StepKind::test, detail::StepKind::predict}) {
      const Counts c = count_steps(model, kind);
      CHECK(c.news == 0);
      CHECK(c.backend == 0);
    }
  }
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
  const std::size_t before = used_memory_bytes(device());
  const plan::Plan& plan = runner.prepare(flat);
  std::size_t beside = 0;  // results and constants
  for (int v : plan.graph.outputs) beside += plan.graph.values[static_cast<std::size_t>(v)].bytes();
  for (const Tensor& t : plan.graph.constants)
    beside += static_cast<std::size_t>(t.size()) * t.dtype().itemsize();
  detail::reset_peak_memory(device());
  runner.run(flat);
  CHECK(peak_memory_bytes(device()) - before == report.activation_bytes + beside);
  CHECK(report.weight_bytes > 0);
  CHECK(report.optimizer_bytes > 0);
}
