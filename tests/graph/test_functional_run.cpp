#include <weft/layers/add.h>

#include <map>

#include "core/access.hpp"
#include "graph/functional/input_layer.hpp"
#include "graph/functional/layer_state.hpp"
#include "tests/graph/functional_layers.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::test;
using detail::LayerGraph;

namespace {

// A model as training/ makes it: a layer whose call runs a graph.
class GraphLayer final : public Layer {
 public:
  GraphLayer(const Tensors& inputs, const Tensors& outputs, LayerOptions options = {})
      : Layer(std::move(options), "GraphLayer"), graph(inputs, outputs) {
    std::vector<Child> all;
    for (const AnyLayer& one : graph.layers()) all.push_back({one->name(), one});
    set_children_(std::move(all));
    set_input_spec(graph.input_specs());
  }
  LayerGraph graph;

 private:
  std::string_view registered_name_() const override { return "GraphLayer"; }
  void run_build(const std::vector<Shape>&) override {}
  Tensors run_call(const Tensors& inputs, const CallContext& context) override {
    return graph.run(inputs, context);
  }
};

AnyLayer model(const Tensors& inputs, const Tensors& outputs, LayerOptions options = {}) {
  return AnyLayer::adopt(new GraphLayer(inputs, outputs, std::move(options)));
}

}  // namespace

TEST_CASE("inputs by list, by name and by a map; outputs in the structure they were given in",
          "[graph]") {
  const Tensor a = Input({2}, {.name = "a"}), b = Input({2}, {.name = "b"});
  const AnyLayer m = model({a, b}, {{"difference", a - b}, {"sum", a + b}});
  const Tensor x = Tensor::of({{5.0f, 6.0f}}), y = Tensor::of({{1.0f, 2.0f}});
  REQUIRE(values(m.all({x, y})["sum"]) == Floats{6, 8});
  REQUIRE(values(m.all({{"b", y}, {"a", x}})["difference"]) == Floats{4, 4});
  REQUIRE(values(m.all({{"b", y}, {"a", x}, {"extra", y}})["difference"]) == Floats{4, 4});
  REQUIRE(values(m.all(std::map<std::string, Tensor>{{"a", x}, {"b", y}})["sum"]) == Floats{6, 8});
}

TEST_CASE("a model whose inputs are a dict takes them by key, or flattened in sorted key order",
          "[graph]") {
  const Tensor p = Input({1}, {.name = "z"}), q = Input({1}, {.name = "y"});
  const AnyLayer m = model({{"z", p}, {"y", q}}, p - q);
  const Tensor one = Tensor::of({{1.0f}}), three = Tensor::of({{3.0f}});
  REQUIRE(values(m({{"z", three}, {"y", one}})) == Floats{2});
  REQUIRE(values(m({one, three})) == Floats{2});  // y, z
}

TEST_CASE("inputs are cast to the Input's dtype; a trailing 1 may be missing or too many",
          "[graph]") {
  const Tensor x = Input({1}, {.name = "x"});
  const AnyLayer m = model(x, x * 2.0f);
  REQUIRE(values(m(Tensor::of({1, 2, 3}))) == Floats{2, 4, 6});
  REQUIRE(m(Tensor::of({1, 2, 3})).shape() == Shape{3, 1});
  const Tensor flat = Input({2});
  const AnyLayer n = model(flat, flat * 1.0f);
  REQUIRE(n(Tensor::of({{1.0f, 2.0f}}).reshape({1, 2, 1})).shape() == Shape{1, 2});
  const Tensor ids = Input({2}, {.dtype = "int32"});
  REQUIRE(model(ids, ids + ids)(Tensor::of({{1.0f, 2.0f}})).dtype() == DType::int32);
}

TEST_CASE("a fixed batch size is not checked on a call", "[graph]") {
  const Tensor x = Input({2}, {.batch_size = 8});
  REQUIRE(x.shape() == Shape{8, 2});
  REQUIRE(values(model(x, x * 2.0f)(Tensor::of({{1.0f, 2.0f}}))) == Floats{2, 4});
}

TEST_CASE("a model is a layer: called on functional tensors it is one node of another graph",
          "[graph]") {
  const Tensor x = Input({2}, {.name = "x"});
  const auto inner_layer = layer<Affine>(3.0, {.name = "inner_layer"});
  const AnyLayer inner = model(x, inner_layer(x), {.name = "inner"});
  const Tensor in = Input({2}, {.name = "in"});
  const AnyLayer outer = model(in, inner(inner(in)), {.name = "outer"});
  const auto& graph = static_cast<GraphLayer&>(*outer.base()).graph;
  REQUIRE(names(graph.operations()) == Names{"in", "inner"});
  REQUIRE(values(outer(Tensor::of({{1.0f, 2.0f}}))) == Floats{9, 18});
  REQUIRE(outer->weights().size() == 2);
  REQUIRE(outer->weights()[0].path() == "inner_layer/w");
}

TEST_CASE("a graph run on functional tensors is built a second time, on shared weights",
          "[graph]") {
  const Tensor x = Input({2});
  const auto shared = layer<Affine>(3.0);
  const LayerGraph graph(x, shared(x) + 1.0f);
  const Tensor other = Input({2}, {.name = "other"});
  const Tensor y = graph.run(other);
  REQUIRE(detail::is_functional(y));
  REQUIRE(values(LayerGraph(other, y).run(Tensor::of({{1.0f, 2.0f}}))) == Floats{4, 7});
  REQUIRE(LayerGraph(other, y).operations()[1] == shared.base());
}

TEST_CASE("an InputLayer can give its tensor again when nobody kept it", "[graph]") {
  const AnyLayer input(
      std::shared_ptr<Layer>(detail::input_layer_of(Input({3}, {.name = "kept"}))));
  const Tensor x = input->output();
  REQUIRE(x.shape() == Shape{None, 3});
  REQUIRE(detail::history_of(x).node->index() == 0);
  REQUIRE(detail::same_place(input->output(), x));
}

TEST_CASE("weights that are built inside another layer's scope are named by it", "[graph]") {
  struct Chain : Layer {
    using Layer::Layer;
    Tensor call(const Tensor& x) { return x; }
  };
  const auto chain = layer<Chain>({.name = "chain"});
  const auto affine = layer<Affine>(1.0, {.name = "affine"});
  const Tensor in = Input({2});
  {
    const detail::BuildScope scope(*chain);
    affine(in);
  }
  REQUIRE(affine->w.path() == "chain/affine/w");
}

TEST_CASE("ensembles: several calls of several models in one graph", "[graph]") {
  std::vector<AnyLayer> members;
  for (int i = 0; i < 3; ++i) {
    const Tensor x = Input({2});
    members.push_back(model(x, layer<Affine>(1.0 + i)(x)));
  }
  const Tensor in = Input({2});
  const AnyLayer all = model(in, layers::Add()({members[0](in), members[1](in), members[2](in)}));
  REQUIRE(values(all(Tensor::of({{1.0f, 1.0f}}))) == Floats{6, 6});
  REQUIRE(all->weights().size() == 6);
}

TEST_CASE("what the running call was told of training wins over what the graph was recorded with",
          "[graph]") {
  const Tensor x = Input({1});
  const auto flag = layer<TrainingFlag>();
  const AnyLayer m = model(x, flag(x, {.training = true}));
  const Tensor one = Tensor::of({{1.0f}});
  REQUIRE(values(m(one)) == Floats{2});                       // baked in
  REQUIRE(values(m(one, {.training = false})) == Floats{1});  // Keras 3.15.1: the model's wins
  REQUIRE(values(m(one, {.training = true})) == Floats{2});
}

TEST_CASE("constants and concrete tensors may stand in a functional graph", "[graph]") {
  const Tensor x = Input({2});
  const Tensor bias = Tensor::of({{10.0f, 20.0f}});
  const Tensor y = layers::Add()({x, bias}) * 3 - bias;
  REQUIRE(y.dtype() == DType::float32);
  REQUIRE(values(model(x, y)(Tensor::of({{1.0f, 2.0f}}))) == Floats{23, 46});
}

TEST_CASE("masks of inputs go through a graph, explicit ones too", "[graph]") {
  const Tensor x = Input({3});
  const auto reader = layer<MaskReader>();
  const AnyLayer m = model(x, reader(x));
  const Tensor data = Tensor::of({{1.0f, 0.0f, 2.0f}});
  m(data);
  REQUIRE_FALSE(reader->has_mask);
  m(data, {.mask = Tensor::of({true, false, true}).reshape({1, 3})});
  REQUIRE(reader->has_mask);

  const auto second = layer<MaskReader>();
  const AnyLayer made = model(x, second(layer<MaskMaker>()(x)));
  const Tensor out = made(data);
  REQUIRE(second->has_mask);
  REQUIRE(detail::keras_mask(out).has_value());
}

TEST_CASE("optional inputs may be null", "[graph]") {
  struct MaybeAdd : Layer {
    MaybeAdd() { set_input_spec({InputSpec{}, InputSpec{.optional = true}}); }
    Tensor call(const Tensors& x) { return x[1] ? x[0] + x[1] : x[0]; }
  };
  const Tensor a = Input({1}, {.name = "a"}), b = Input({1}, {.name = "b", .optional = true});
  const AnyLayer m = model({a, b}, layer<MaybeAdd>()({a, b}));
  const Tensor one = Tensor::of({{1.0f}});
  REQUIRE(values(m({one, one})) == Floats{2});
  REQUIRE(values(m({one, Tensor()})) == Floats{1});
  REQUIRE(values(m({{"a", one}})) == Floats{1});
}

TEST_CASE("a dropped model is freed, a kept layer or tensor keeps what it needs", "[graph]") {
  const auto counts = [] {
    return std::array{
        detail::Live<detail::LayerState>::count(), detail::Live<detail::Node>::count(),
        detail::Live<detail::TensorImpl>::count(), detail::Live<detail::VariableImpl>::count(),
        detail::Live<detail::Storage>::count()};
  };
  {
    const Tensor warm = Input({2});
    model(warm, layer<Affine>()(warm))(Tensor::of({{1.0f, 2.0f}}));
  }
  const auto before = counts();
  for (int i = 0; i < 3; ++i) {
    const Tensor in = Input({2});
    const auto shared = layer<Affine>();
    const AnyLayer m =
        model(in, shared(shared(layer<MaskReader>()(layer<MaskMaker>()(in)))) + 1.0f);
    m(Tensor::of({{1.0f, 2.0f}}));
  }
  REQUIRE(counts() == before);

  // Temporary layers in a chain live on in the tensor.
  Tensor out;
  {
    const Tensor in = Input({2});
    out = layer<Affine>()(layer<Affine>()(in));
  }
  REQUIRE(detail::history_of(out).node->operation()->class_name() == "Affine");
  out = Tensor();
  REQUIRE(counts() == before);
}

TEST_CASE("intermediate values are freed while a graph runs", "[graph]") {
  struct Watch : Layer {
    Tensor call(const Tensor& x) {
      most = std::max(most, detail::Live<detail::Storage>::count());
      return x * 1.0f;
    }
    std::int64_t most = 0;
  };
  const Tensor in = Input({2});
  const auto watch = layer<Watch>();
  Tensor x = in;
  for (int i = 0; i < 20; ++i) x = watch(x);
  const AnyLayer m = model(in, x);
  const Tensor data = Tensor::of({{1.0f, 2.0f}});
  m(data);
  watch->most = 0;
  const auto before = detail::Live<detail::Storage>::count();
  m(data);
  REQUIRE(watch->most <= before + 4);
}
