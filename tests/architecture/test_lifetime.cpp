// Test 8: 1,000 cycles of building, training and dropping a model leave nothing behind; temporary
// layers in chains survive.
#include "core/access.hpp"
#include "core/memory_stats.hpp"
#include "graph/functional/layer_state.hpp"
#include "graph/functional/node.hpp"
#include "tests/architecture/models.h"
#include "tests/harness/catch.h"
#include "training/model_state.hpp"

using namespace weft;
using namespace weft::test;

namespace {

struct Alive {
  std::int64_t tensors = detail::Live<detail::TensorImpl>::count(),
               storages = detail::Live<detail::Storage>::count(),
               variables = detail::Live<detail::VariableImpl>::count(),
               layers = detail::Live<detail::LayerState>::count(),
               nodes = detail::Live<detail::Node>::count(),
               models = detail::Live<detail::ModelState>::count(),
               plans = detail::Live<plan::Plan>::count();
  bool operator==(const Alive&) const = default;
};

}  // namespace

TEST_CASE("a dropped model leaves nothing behind", "[architecture]") {
  const Batch data = made_up(16, 16, 4, 1);
  const auto bad = [&] {
    Tensor in = Input({16});
    Sequential nested({Input({16}), layers::Dense(16), small_mlp()});
    nested.compile(classification(optimizers::SGD()));
    nested.fit(data.x, data.y, {.batch_size = 8, .verbose = 0});
  };
  const auto simple = [&] {
    Model model = shared_normalization();
    model.compile(classification(optimizers::Adam()));
    model.fit(data.x, data.y, {.batch_size = 8, .verbose = 0});
  };
  bad();
  simple();  // caches of kernels fill
  const Alive before;
  const std::size_t used = used_memory_bytes();
  for (int i = 0; i < 500; ++i) {
    bad();
    simple();
  }
  const Alive after;
  CHECK(after.models == before.models);
  CHECK(after.layers == before.layers);
  CHECK(after.nodes == before.nodes);
  CHECK(after.variables == before.variables);
  CHECK(after.plans == before.plans);
  CHECK(after.storages == before.storages);
  CHECK(after.tensors == before.tensors);
  CHECK(used_memory_bytes() == used);
}

TEST_CASE("temporary layers in chains survive", "[architecture]") {
  Tensor out;
  Tensor in = Input({3});
  { out = layers::Dense(2)(layers::Activation("relu")(layers::Dense(4)(in))); }
  Model model(in, out);
  CHECK(model.layers().size() == 4);
  CHECK(Tensor(model(ops::ones({2, 3}))).shape() == Shape{2, 2});
}
