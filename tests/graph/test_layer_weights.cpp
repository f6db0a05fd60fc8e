#include <weft/core/random.h>
#include <weft/layers/regularizer.h>

#include "core/access.hpp"
#include "graph/functional/layer_state.hpp"
#include "tests/graph/functional_layers.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::test;

namespace {

struct Weighty : Layer {
  using Layer::Layer;
  void build(const Shape& s) {
    frozen =
        add_weight({.shape = {s[-1]}, .initializer = "ones", .trainable = false, .name = "frozen"});
    kernel = add_weight({.shape = {s[-1], 2}, .name = "kernel"});
    steps = add_weight({.shape = {}, .dtype = "int32", .trainable = false});
  }
  Tensor call(const Tensor& x) { return ops::matmul(x * frozen, kernel); }
  Variable frozen, kernel, steps;
};

struct Nest : Layer {
  using Layer::Layer;
  void build(const Shape& s) {
    own = add_weight({.shape = {s[-1]}, .initializer = 1, .name = "own"});
  }
  Tensor call(const Tensor& x) { return inner(x * own); }
  LayerRef<Weighty> inner = track("inner", layer<Weighty>({.name = "core"}));
  Variable own;
};

}  // namespace

TEST_CASE("weights: own trainable, own others, then sublayers; paths name the layers around",
          "[graph]") {
  clear_session();
  const auto nest = layer<Nest>({.name = "nest"});
  nest(Tensor::of({{1.0f, 2.0f, 3.0f}}));
  REQUIRE(names(nest->weights()) ==
          Names{"nest/own", "nest/core/kernel", "nest/core/frozen", "nest/core/variable"});
  REQUIRE(names(nest->trainable_weights()) == Names{"nest/own", "nest/core/kernel"});
  REQUIRE(names(nest->non_trainable_weights()) == Names{"nest/core/frozen", "nest/core/variable"});
  REQUIRE(names(nest->inner->own_variables()) ==
          Names{"nest/core/kernel", "nest/core/frozen", "nest/core/variable"});
  REQUIRE(nest->count_params() == 3 + 3 * 2 + 3 + 1);
  REQUIRE(nest->own.name() == "own");
}

TEST_CASE("a layer called on an Input names its weights by itself alone", "[graph]") {
  clear_session();
  const auto layer = weft::layer<Affine>();
  layer(Input({2}));
  REQUIRE(names(layer->weights()) == Names{"affine/w", "affine/b"});
}

TEST_CASE("weights made in the constructor get the layer's name", "[graph]") {
  clear_session();
  struct Early : Layer {
    Early() { w = add_weight({.shape = {2}, .initializer = 0, .name = "w"}); }
    Tensor call(const Tensor& x) { return x + w; }
    Variable w;
  };
  const auto early = layer<Early>();
  REQUIRE(early->w.path() == "early/w");
  REQUIRE(early->weights().size() == 1);
}

TEST_CASE("weights without a name count up; the default initializer follows the dtype", "[graph]") {
  clear_session();
  struct Two : Layer {
    void build(const Shape&) {
      a = add_weight({.shape = {40, 40}});
      b = add_weight({.shape = {3}, .dtype = "int32"});
    }
    Tensor call(const Tensor& x) { return x; }
    Variable a, b;
  };
  const auto two = layer<Two>();
  two(Tensor::of({1.0f}));
  REQUIRE(names(two->weights()) == Names{"two/variable", "two/variable_1"});
  const Floats a = values(two->a);
  const double limit = std::sqrt(6.0 / 80.0);  // glorot_uniform
  REQUIRE(*std::max_element(a.begin(), a.end()) <= limit);
  REQUIRE(*std::max_element(a.begin(), a.end()) > limit * 0.9);
  REQUIRE(values(two->b) == Floats{0, 0, 0});
}

TEST_CASE("set_trainable reaches sublayers and never makes moving statistics trainable",
          "[graph]") {
  const auto nest = layer<Nest>();
  nest(Tensor::of({{1.0f}}));
  nest->set_trainable(false);
  REQUIRE(nest->trainable_weights().empty());
  REQUIRE(nest->non_trainable_weights().size() == 4);
  REQUIRE(nest->inner->trainable_weights().empty());
  nest->set_trainable(true);
  REQUIRE(nest->trainable_weights().size() == 2);
  REQUIRE_FALSE(nest->inner->frozen.trainable());
  nest->inner->set_trainable(false);
  REQUIRE(nest->trainable_weights().size() == 1);
}

TEST_CASE("a layer made frozen makes frozen weights that can be thawed", "[graph]") {
  const auto layer = weft::layer<Affine>(1.0, {.trainable = false});
  layer(Input({2}));
  REQUIRE(layer->trainable_weights().empty());
  REQUIRE_FALSE(layer->w.trainable());
  layer->set_trainable(true);
  REQUIRE(layer->trainable_weights().size() == 1);
}

TEST_CASE("get_weights and set_weights carry values over; a wrong one changes nothing", "[graph]") {
  const auto a = layer<Affine>(4.0), b = layer<Affine>(0.0);
  a(Input({2}));
  b(Input({2}));
  b->set_weights(a->get_weights());
  REQUIRE(values(b->w) == Floats{4, 4});
  REQUIRE_THROWS_AS(b->set_weights({Tensor::of({9.0f, 9.0f}), Tensor::of({1.0f})}), ShapeError);
  REQUIRE(values(b->w) == Floats{4, 4});
  const auto kept = b->get_weights();
  b->w.assign(Tensor::of({7.0f, 7.0f}));
  REQUIRE(values(kept[0]) == Floats{4, 4});
}

TEST_CASE("a shared sublayer's weights count once", "[graph]") {
  struct Twice : Layer {
    Tensor call(const Tensor& x) { return b(a(x)); }
    LayerRef<Affine> a = track("a", layer<Affine>());
    LayerRef<Affine> b = track("b", a);
  };
  const auto twice = layer<Twice>();
  REQUIRE(values(twice(Tensor::of({{1.0f}}))) == Floats{4});
  REQUIRE(twice->weights().size() == 2);
}

TEST_CASE("losses: add_loss of the latest eager call, then the regularizers' penalties",
          "[graph]") {
  struct Losing : Layer {
    void build(const Shape& s) {
      w = add_weight({.shape = {s[-1]}, .initializer = 3, .regularizer = "l2", .name = "w"});
    }
    Tensor call(const Tensor& x) {
      add_loss(ops::sum(x));
      return x * w;
    }
    Variable w;
  };
  const auto losing = layer<Losing>();
  losing(Input({2}));
  REQUIRE(losing->losses().size() == 1);  // while the graph is built, regularizers only
  REQUIRE(losing->losses()[0].item() == Approx(0.01 * 18));
  losing(Tensor::of({{1.0f, 2.0f}}));
  losing(Tensor::of({{5.0f, 5.0f}}));
  REQUIRE(losing->losses().size() == 2);
  REQUIRE(losing->losses()[0].item() == 10.0f);
  losing->set_trainable(false);
  REQUIRE(losing->losses().size() == 1);
}

TEST_CASE("losses of sublayers are those of the outer layer's call", "[graph]") {
  struct Losing : Layer {
    Tensor call(const Tensor& x) {
      add_loss(ops::sum(x));
      return x;
    }
  };
  struct Outer : Layer {
    Tensor call(const Tensor& x) { return inner(inner(x)); }
    LayerRef<Losing> inner = track("inner", layer<Losing>());
  };
  const auto outer = layer<Outer>();
  outer(Tensor::of({1.0f}));
  outer(Tensor::of({2.0f}));
  REQUIRE(outer->losses().size() == 2);
  REQUIRE(outer->losses()[1].item() == 2.0f);
}

TEST_CASE("an activity regularizer adds the mean penalty per sample", "[graph]") {
  struct Active : Layer {
    Active() { set_activity_regularizer("l2"); }
    Tensor call(const Tensor& x) { return x; }
  };
  const auto active = layer<Active>();
  active(Tensor::of({{1.0f, 2.0f}, {3.0f, 4.0f}}));
  REQUIRE(active->losses().size() == 1);
  REQUIRE(active->losses()[0].item() == Approx(0.01 * 30 / 2));
}

TEST_CASE("states of seed generators are variables but no weights", "[graph]") {
  struct Noisy : Layer {
    Noisy() { add_seed_generator(7); }
    Tensor call(const Tensor& x) { return x; }
  };
  const auto noisy = layer<Noisy>();
  REQUIRE(noisy->weights().empty());
  REQUIRE(noisy->variables().size() == 1);
  REQUIRE(noisy->seed_generators().size() == 1);
  REQUIRE(noisy->seed_generators()[0].name == "seed_generator");
  REQUIRE(noisy->seed_generators()[0].value.shape() == Shape{2});
}

TEST_CASE("a renamed layer renames its weights", "[graph]") {
  const auto nest = layer<Nest>({.name = "nest"});
  nest(Tensor::of({{1.0f}}));
  detail::LayerAccess::rename(*nest.base(), "other");
  REQUIRE(nest->name() == "other");
  REQUIRE(names(nest->trainable_weights()) == Names{"other/own", "other/core/kernel"});
}
