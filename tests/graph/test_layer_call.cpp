#include "core/access.hpp"
#include "tests/graph/functional_layers.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("a layer builds once, at its first call, and computes", "[graph]") {
  const auto layer = weft::layer<Affine>(3.0);
  REQUIRE_FALSE(layer->built());
  REQUIRE(layer->weights().empty());
  REQUIRE(values(layer(Tensor::of({{1.0f, 2.0f}}))) == Floats{3, 6});
  REQUIRE(values(layer(Tensor::of({{5.0f, 0.0f}}))) == Floats{15, 0});
  REQUIRE(layer->builds == 1);
  REQUIRE(layer->calls == 2);
  REQUIRE(layer->built());
}

TEST_CASE("a call on a functional tensor finds shapes, None included, and makes real weights",
          "[graph]") {
  const auto layer = weft::layer<Affine>();
  const Tensor x = Input({None, 3});
  const Tensor y = layer(x);
  REQUIRE(detail::is_functional(y));
  REQUIRE(y.shape() == Shape{None, None, 3});
  REQUIRE(y.dtype() == DType::float32);
  REQUIRE(layer->weights().size() == 2);
  REQUIRE(values(layer->w) == Floats{2, 2, 2});
  const Tensor z = weft::layer<Affine>()(y).reshape({-1, 6});
  REQUIRE(z.shape() == Shape{None, 6});
}

TEST_CASE("layer.input and layer.output are those of the first call on functional tensors",
          "[graph]") {
  const auto layer = weft::layer<Affine>();
  const Tensor a = Input({3}, {.name = "a"}), b = Input({3}, {.name = "b"});
  const Tensor ya = layer(a), yb = layer(b);
  REQUIRE(detail::same_place(layer->input(), a));
  REQUIRE(detail::same_place(layer->output(), ya));
  REQUIRE_FALSE(detail::same_place(layer->output(), yb));
}

TEST_CASE("training is explicit, else inherited from the call around, else false", "[graph]") {
  struct Outer : Layer {
    Tensor call(const Tensor& x) { return inner(x); }
    LayerRef<TrainingFlag> inner = track("inner", layer<TrainingFlag>());
  };
  const auto outer = weft::layer<Outer>();
  const Tensor x = Tensor::of({1.0f});
  REQUIRE(values(outer(x)) == Floats{1});
  REQUIRE(outer->inner->seen == false);
  REQUIRE(values(outer(x, {.training = true})) == Floats{2});
  REQUIRE(outer->inner->seen == true);
  REQUIRE(values(outer(x, {.training = false})) == Floats{1});

  struct Insists : Layer {
    Tensor call(const Tensor& x) { return inner(x, {.training = true}); }
    LayerRef<TrainingFlag> inner = track("inner", layer<TrainingFlag>());
  };
  REQUIRE(values(weft::layer<Insists>()(x, {.training = false})) == Floats{2});
}

TEST_CASE("floating inputs are cast to the layer's dtype, others are left alone", "[graph]") {
  struct Same : Layer {
    using Layer::Layer;
    Tensor call(const Tensor& x) { return x; }
  };
  REQUIRE(layer<Same>()(Tensor::of({1.0, 2.0})).dtype() == DType::float32);
  REQUIRE(layer<Same>({.dtype = "float64"})(Tensor::of({1.0f})).dtype() == DType::float64);
  REQUIRE(layer<Same>()(Tensor::of({1, 2})).dtype() == DType::int32);
  const Tensor y = layer<Same>({.dtype = "float64"})(Input({3}));
  REQUIRE(y.dtype() == DType::float64);
  // The cast is the layer's affair: no op stands in the graph for it.
  REQUIRE(detail::history_of(y).node->inputs().size() == 1);
  REQUIRE(detail::history_of(detail::history_of(y).node->inputs()[0]).node->is_input());
}

TEST_CASE("several inputs and outputs, by list and by name", "[graph]") {
  const auto both = layer<SumAndDifference>();
  const Tensor a = Tensor::of({5.0f}), b = Tensor::of({3.0f});
  const Tensors out = both.all({a, b});
  REQUIRE(values(out[0]) == Floats{8});
  REQUIRE(values(out[1]) == Floats{2});
  const Tensors symbols = both.all({Input({3}), Input({1})});
  REQUIRE(Tensor(symbols[0]).shape() == Shape{None, 3});

  struct Named2 : Layer {
    Tensors call(const Tensors& x) { return {{"sum", x["a"] + x["b"]}, {"a", x["a"]}}; }
  };
  const auto named = layer<Named2>();
  const Tensors by_name = named.all({{"b", b}, {"a", a}});
  REQUIRE(values(by_name["sum"]) == Floats{8});
  const Tensors functional = named.all({{"b", Input({2})}, {"a", Input({2})}});
  REQUIRE(functional.keys() == Names{"sum", "a"});
  REQUIRE(functional["sum"].shape() == Shape{None, 2});
}

TEST_CASE(
    "masks: attached ones reach a call that asks, explicit ones win, supports_masking passes them "
    "on",
    "[graph]") {
  const Tensor x = Tensor::of({1.0f, 0.0f, 2.0f});
  const auto reader = layer<MaskReader>();
  const Tensor masked = layer<MaskMaker>()(x);
  REQUIRE(detail::keras_mask(masked).has_value());
  REQUIRE(detail::keras_mask(masked)->to_vector<bool>() == std::vector<bool>{true, false, true});
  const Tensor y = reader(masked);
  REQUIRE(reader->has_mask);
  REQUIRE(detail::keras_mask(y).has_value());
  reader(x);
  REQUIRE_FALSE(reader->has_mask);
  reader(x, {.mask = Tensor::of({true, false, true})});
  REQUIRE(reader->has_mask);
  const Tensor dropped = layer<Affine>()(masked);  // does not support masking
  REQUIRE_FALSE(detail::keras_mask(dropped).has_value());
}

TEST_CASE("a mask of a functional tensor is part of the graph when a layer reads it", "[graph]") {
  const Tensor x = Input({3});
  const Tensor y = layer<MaskReader>()(layer<MaskMaker>()(x));
  const detail::LayerGraph graph(x, y);
  const std::vector<std::string> classes = [&] {
    std::vector<std::string> out;
    for (const auto& op : graph.operations()) out.push_back(op->class_name());
    return out;
  }();
  REQUIRE(classes == Names{"InputLayer", "MaskMaker", "NotEqual", "MaskReader"});
  REQUIRE(detail::keras_mask(y).has_value());
}

TEST_CASE("sublayers are found whether made in the constructor or in build", "[graph]") {
  struct Block : Layer {
    Block() { first = track("first", layer<Affine>(3.0)); }
    void build(const Shape&) { second = track("second", layer<Affine>(5.0)); }
    Tensor call(const Tensor& x) { return second(first(x)); }
    LayerRef<Affine> first, second;
  };
  const auto block = layer<Block>();
  REQUIRE(values(block(Tensor::of({{1.0f}}))) == Floats{15});
  REQUIRE(block->weights().size() == 4);
  const auto children = block->children();
  REQUIRE(children.size() == 2);
  REQUIRE(children[0].attribute == "first");
  REQUIRE(children[1].attribute == "second");
}

TEST_CASE("layers without weights may be made on the fly inside call", "[graph]") {
  struct UsesSum : Layer {
    Tensor call(const Tensor& x) { return layer<SumAndDifference>().all({x, x})[0]; }
  };
  REQUIRE(values(layer<UsesSum>()(Tensor::of({2.0f}))) == Floats{4});
}

TEST_CASE("a layer that an outer layer tracks may be used by an inner one", "[graph]") {
  struct Inner : Layer {
    explicit Inner(AnyLayer shared) : shared_(std::move(shared)) {}
    Tensor call(const Tensor& x) { return shared_(x); }
    AnyLayer shared_;
  };
  struct Outer : Layer {
    Tensor call(const Tensor& x) { return inner(shared(x)); }
    LayerRef<Affine> shared = track("shared", layer<Affine>());
    LayerRef<Inner> inner = track("inner", layer<Inner>(AnyLayer(shared)));
  };
  REQUIRE(values(layer<Outer>()(Tensor::of({{1.0f}}))) == Floats{4});
}

TEST_CASE("a build that fails leaves nothing behind and can be tried again", "[graph]") {
  struct Picky : Layer {
    void build(const Shape& s) {
      w = add_weight({.shape = {s[-1]}, .initializer = "ones", .name = "w"});
      if (s[-1] == 3) throw ShapeError("not three");
    }
    Tensor call(const Tensor& x) { return x * w; }
    Variable w;
  };
  const auto picky = layer<Picky>();
  REQUIRE_THROWS_AS(picky(Tensor::of({{1.0f, 2.0f, 3.0f}})), ShapeError);
  REQUIRE(picky->weights().empty());
  REQUIRE(values(picky(Tensor::of({{1.0f, 2.0f}}))) == Floats{1, 2});
  REQUIRE(picky->weights().size() == 1);
}

TEST_CASE("a variable that is assigned and read in call is followed while shapes are found",
          "[graph]") {
  struct Counter : Layer {
    void build(const Shape&) {
      n = add_weight({.shape = {}, .initializer = "zeros", .trainable = false, .name = "n"});
    }
    Tensor call(const Tensor& x) {
      n.assign(Tensor(n) + 1);
      return x + n;
    }
    Variable n;
  };
  const auto counter = layer<Counter>();
  const Tensor y = counter(Input({2}));
  REQUIRE(y.shape() == Shape{None, 2});
  REQUIRE(values(counter->n) == Floats{0});  // finding shapes changes nothing
  REQUIRE(values(counter(Tensor::of({{1.0f}}))) == Floats{2});
  REQUIRE(values(counter->n) == Floats{1});
}

TEST_CASE("shapes of a call can be asked for without data", "[graph]") {
  const auto layer = weft::layer<SumAndDifference>();
  const auto specs = detail::compute_output_specs(
      *layer, {{Shape{None, 3}, DType::float32}, {Shape{1}, DType::float32}});
  REQUIRE(specs.size() == 2);
  REQUIRE(specs[0].shape == Shape{None, 3});
  const auto affine = weft::layer<Affine>();
  detail::build_layer(*affine, {Shape{None, 4}});
  REQUIRE(affine->w.shape() == Shape{4});
}

TEST_CASE("building a layer without a build of its own builds its sublayers", "[graph]") {
  struct Two : Layer {
    Tensor call(const Tensor& x) { return b(a(x)); }
    LayerRef<Affine> a = track("a", layer<Affine>()), b = track("b", layer<Affine>());
  };
  const auto two = layer<Two>();
  detail::build_layer(*two, {Shape{None, 7}});
  REQUIRE(two->count_params() == 28);
}
