// What the graph of layers refuses, and in which words.
#include <weft/layers/add.h>

#include "graph/functional/input_layer.hpp"
#include "graph/functional/layer_registry.hpp"
#include "tests/graph/functional_layers.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::test;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using Catch::Matchers::StartsWith;
using detail::LayerGraph;

namespace {

Tensor data(int columns) {
  return Tensor::from(std::vector<float>(static_cast<std::size_t>(columns), 1.0f), {1, columns});
}

struct Untracked : Layer {
  using Layer::Layer;
  Tensor call(const Tensor& x) { return inner(x); }
  LayerRef<Affine> inner = layer<Affine>(2.0, LayerOptions{.name = "forgotten"});
};

}  // namespace

TEST_CASE("wrong rank", "[errors]") {
  const auto dense = layers::Dense(3, {.name = "d"});
  REQUIRE_THROWS_AS(dense(Tensor::of({1.0f, 2.0f})), ShapeError);
  REQUIRE_THROWS_WITH(dense(Tensor::of({1.0f, 2.0f})),
                      "Input 0 with name 'None' of layer 'd' is incompatible with the layer: "
                      "expected min_ndim=2, found ndim=1. "
                      "Full shape received: (2,)");
}

TEST_CASE("wrong feature size after the layer was built", "[errors]") {
  const auto dense = layers::Dense(3, {.name = "d"});
  dense(Input({5}));
  REQUIRE_THROWS_WITH(dense(Input({6})),
                      "Input 0 with name 'None' of layer 'd' is incompatible with the layer: "
                      "expected axis -1 of input shape to "
                      "have value 5, but received input with shape (None, 6)");
}

TEST_CASE("every rule of an InputSpec has its words", "[errors]") {
  struct Checked : Layer {
    explicit Checked(InputSpec spec) : Layer({.name = "c"}) { set_input_spec(std::move(spec)); }
    Tensor call(const Tensor& x) { return x; }
  };
  const std::string start =
      "Input 0 with name 'None' of layer 'c' is incompatible with the layer: ";
  REQUIRE_THROWS_WITH(layer<Checked>(InputSpec{.ndim = 3})(data(5)),
                      start + "expected ndim=3, found ndim=2. Full shape received: (1, 5)");
  REQUIRE_THROWS_WITH(layer<Checked>(InputSpec{.max_ndim = 1})(data(5)),
                      start + "expected max_ndim=1, found ndim=2");
  REQUIRE_THROWS_WITH(layer<Checked>(InputSpec{.dtype = "int32"})(data(5)),
                      start + "expected dtype=int32, found dtype=float32");
  REQUIRE_THROWS_AS(layer<Checked>(InputSpec{.dtype = "int32"})(data(5)), DtypeError);
  REQUIRE_THROWS_WITH(layer<Checked>(InputSpec{.shape = Shape{None, 4}})(data(5)),
                      start + "expected shape=(None, 4), found shape=(1, 5)");
}

TEST_CASE("the last dimension is None where weights need it", "[errors]") {
  const auto dense = layers::Dense(3, {.name = "d"});
  const Tensor x = Input({4, None});
  REQUIRE_THROWS_AS(dense(x), ShapeError);
  REQUIRE_THROWS_WITH(
      dense(x),
      StartsWith(
          "Shapes used to initialize variables must be fully-defined (no `None` dimensions). "
          "Received: shape=(None, 3) for variable path='d/kernel'") &&
          Contains("building layer 'd' (Dense). Input shapes: (None, 4, None)"));
}

TEST_CASE("an error in call names the layer, its class and the input shapes, and keeps its class",
          "[errors]") {
  struct Broken : Layer {
    using Layer::Layer;
    Tensor call(const Tensor& x) { return ops::matmul(x, x); }
  };
  const auto broken = layer<Broken>({.name = "b"});
  REQUIRE_THROWS_AS(broken(data(3)), ShapeError);
  REQUIRE_THROWS_WITH(
      broken(data(3)),
      EndsWith("\nException encountered when calling layer 'b' (Broken). Input shapes: (1, 3)"));
  REQUIRE_THROWS_WITH(
      broken(Input({3, 4})),
      EndsWith(
          "\nException encountered when calling layer 'b' (Broken). Input shapes: (None, 3, 4)"));
}

TEST_CASE("of nested layers the innermost two are named", "[errors]") {
  struct Broken : Layer {
    using Layer::Layer;
    Tensor call(const Tensor&) { throw DtypeError("no good"); }
  };
  struct Middle : Layer {
    using Layer::Layer;
    Tensor call(const Tensor& x) { return inner(x); }
    LayerRef<Broken> inner = track("inner", layer<Broken>({.name = "inner"}));
  };
  struct Outer : Layer {
    using Layer::Layer;
    Tensor call(const Tensor& x) { return middle(x); }
    LayerRef<Middle> middle = track("middle", layer<Middle>({.name = "middle"}));
  };
  REQUIRE_THROWS_AS(layer<Outer>()(data(1)), DtypeError);
  REQUIRE_THROWS_WITH(
      layer<Outer>()(data(1)),
      "no good\nException encountered when calling layer 'inner' (Broken). Input shapes: (1, 1)"
      "\nException encountered when calling layer 'middle' (Middle). Input shapes: (1, 1)");
}

TEST_CASE("exceptions of the user's own classes pass unchanged", "[errors]") {
  struct Own : ShapeError {
    using ShapeError::ShapeError;
  };
  struct Throws : Layer {
    Tensor call(const Tensor&) { throw Own("mine"); }
  };
  REQUIRE_THROWS_AS(layer<Throws>()(data(1)), Own);
  REQUIRE_THROWS_WITH(layer<Throws>()(data(1)), "mine");
}

TEST_CASE("an untracked sublayer", "[errors]") {
  const auto bad = layer<Untracked>({.name = "bad"});
  REQUIRE_THROWS_AS(bad(data(2)), GraphError);
  REQUIRE_THROWS_WITH(
      bad(data(2)),
      StartsWith(
          "The layer 'forgotten' (Affine) has weights and is used in the `call` of the layer "
          "'bad' (Untracked), which does not track it") &&
          Contains("track(\"name\", ...)"));
  REQUIRE_THROWS_WITH(bad(Input({2})),
                      Contains("layer 'forgotten' (Affine)") && Contains("track(\"name\", ...)"));
}

TEST_CASE("a functional tensor inside call", "[errors]") {
  struct Captures : Layer {
    explicit Captures(Tensor t) : Layer({.name = "captures"}), t_(std::move(t)) {}
    Tensor call(const Tensor& x) { return x + t_; }
    Tensor t_;
  };
  struct Calls : Captures {
    using Captures::Captures;
    Tensor call(const Tensor&) { return inner(t_); }
    LayerRef<Affine> inner = track("inner", layer<Affine>(1.0, LayerOptions{.name = "inner"}));
  };
  struct Returns : Captures {
    using Captures::Captures;
    Tensor call(const Tensor&) { return t_; }
  };
  const Tensor captured = Input({2});
  REQUIRE_THROWS_AS(layer<Captures>(captured)(Input({2})), GraphError);
  REQUIRE_THROWS_WITH(
      layer<Captures>(captured)(Input({2})),
      Contains("functional tensor is used inside a layer's `call`") && Contains("'captures'"));
  REQUIRE_THROWS_WITH(layer<Calls>(captured)(data(2)),
                      StartsWith("The layer 'inner' (Affine) was called on a functional tensor "
                                 "inside the `call` of the layer "
                                 "'captures' (Calls)."));
  REQUIRE_THROWS_WITH(layer<Returns>(captured)(data(2)),
                      Contains("returned a functional tensor that it was not given"));
}

TEST_CASE("null handles: layers, tensors, tracked children", "[errors]") {
  layers::Dense null_dense;
  REQUIRE_THROWS_WITH(null_dense(data(2)), StartsWith("A null DenseLayer was used."));
  REQUIRE_THROWS_AS(null_dense->kernel(), GraphError);
  REQUIRE_THROWS_WITH(
      layers::Dense(2, {.name = "d"})(Tensor()),
      "The layer 'd' (Dense) was called with a null Tensor as input 0. Expected: a tensor.");
  REQUIRE_THROWS_WITH(layers::Dense(2, {.name = "d"})(Tensors()),
                      StartsWith("The layer 'd' (Dense) was called without inputs."));
  struct TracksNull : Layer {
    Tensor call(const Tensor& x) { return x; }
    layers::Dense a_ = track("a", layers::Dense());
  };
  REQUIRE_THROWS_WITH(layer<TracksNull>(), StartsWith("track(\"a\", ...): the handle is null."));
}

TEST_CASE("a wrong number of inputs", "[errors]") {
  REQUIRE_THROWS_WITH(layers::Dense(2, {.name = "d"})({data(2), data(2)}),
                      "Layer \"d\" expects 1 input(s), but it received 2 input tensors. Inputs "
                      "received: [(1, 2), (1, 2)]");
  REQUIRE_THROWS_WITH(
      layer<Affine>(1.0, LayerOptions{.name = "a"})({data(2), data(2)}),
      Contains("One input was expected. Received: 2") && Contains("building layer 'a' (Affine)"));
}

TEST_CASE("several outputs where one was expected", "[errors]") {
  REQUIRE_THROWS_WITH(layer<SumAndDifference>({.name = "s"})({data(1), data(1)}),
                      "The layer 's' (SumAndDifference) has 2 outputs where one was expected. Use "
                      ".all(x), which returns all of them.");
}

TEST_CASE("a graph whose output does not depend on its inputs", "[errors]") {
  const Tensor a = Input({2}), b = Input({2});
  REQUIRE_THROWS_AS(LayerGraph(a, layer<Affine>()(b)), GraphError);
  REQUIRE_THROWS_WITH(LayerGraph(a, layer<Affine>()(b)),
                      "Output with path `` is not connected to `inputs`");
  REQUIRE_THROWS_WITH(LayerGraph(a, {a, layers::Add()({a, b})}),
                      "Output with path `1` is not connected to `inputs`");
  REQUIRE_THROWS_WITH(LayerGraph(a, {{"good", a}, {"bad", layer<Affine>()(b)}}),
                      "Output with path `bad` is not connected to `inputs`");
}

TEST_CASE("a name that two layers of one graph have", "[errors]") {
  const Tensor in = Input({2});
  const Tensor x = layer<Affine>(1.0, LayerOptions{.name = "x"})(in);
  REQUIRE_THROWS_WITH(
      LayerGraph(in, layer<Affine>(1.0, LayerOptions{.name = "x"})(x)),
      "The name \"x\" is used 2 times in the model. All operation names should be unique.");
}

TEST_CASE("inputs and outputs that are no functional tensors", "[errors]") {
  const Tensor in = Input({2});
  REQUIRE_THROWS_WITH(LayerGraph(in, data(2)),
                      StartsWith("All `outputs` values must be KerasTensors") &&
                          EndsWith("Received: outputs[0] is a tensor with data of shape (1, 2)."));
  REQUIRE_THROWS_WITH(LayerGraph({in, Tensor()}, in),
                      StartsWith("All `inputs` values must be KerasTensors") &&
                          EndsWith("Received: inputs[1] is a null Tensor."));
  REQUIRE_THROWS_WITH(LayerGraph(in, Tensors()), StartsWith("`outputs` argument cannot be empty."));
}

TEST_CASE("running a graph on the wrong inputs", "[errors]") {
  const Tensor a = Input({4}, {.name = "a"}), b = Input({4}, {.name = "b"});
  const LayerGraph graph({a, b}, a + b);
  REQUIRE_THROWS_WITH(graph.run({{"a", data(4)}}),
                      "Missing data for input \"b\". You passed a data dictionary with keys ['a']. "
                      "Expected the following keys: "
                      "['a', 'b']");
  REQUIRE_THROWS_WITH(graph.run(data(4)),
                      "Layer \"functional\" expects 2 named input(s) with keys ['a', 'b'], but it "
                      "received 1 input tensors. Pass "
                      "inputs as a dict, e.g. `layer({'a': ..., 'b': ...})`.");
  REQUIRE_THROWS_AS(graph.run({data(4), data(5)}), ShapeError);
  REQUIRE_THROWS_WITH(graph.run({data(4), data(5)}),
                      "Input 1 with name 'b' of layer 'functional' is incompatible with the layer: "
                      "expected shape=(None, 4), found "
                      "shape=(1, 5)");
  REQUIRE_THROWS_WITH(graph.run({data(4), data(4).reshape({1, 4, 1, 1})}),
                      Contains("input 1 with name 'b'") && Contains("Expected shape (None, 4)") &&
                          Contains("(1, 4, 1, 1)"));
  REQUIRE_THROWS_WITH(graph.run({data(4), Tensor()}),
                      StartsWith("The input 'b' is not optional, but None was passed."));
}

TEST_CASE("weights: count, shapes, an unbuilt layer", "[errors]") {
  const auto affine = layer<Affine>(1.0, LayerOptions{.name = "a"});
  REQUIRE_THROWS_WITH(
      affine->count_params(),
      StartsWith("You tried to call `count_params` on layer 'a', but the layer isn't built."));
  affine(Input({2}));
  REQUIRE_THROWS_WITH(affine->set_weights({Tensor::of({1.0f, 2.0f})}),
                      "You called `set_weights(weights)` on layer 'a' with a weight list of length "
                      "1, but the layer was expecting 2 "
                      "weights.");
  REQUIRE_THROWS_WITH(
      affine->set_weights({Tensor::of({1.0f}), Tensor::of({1.0f})}),
      StartsWith("Layer 'a' weight shape (2,) is not compatible with provided weight shape (1,)."));
}

TEST_CASE("state that is added after build", "[errors]") {
  struct Late : Layer {
    Tensor call(const Tensor& x) {
      add_weight({.shape = {1}, .name = "late"});
      return x;
    }
  };
  REQUIRE_THROWS_WITH(
      layer<Late>()(data(1)),
      StartsWith("You cannot add new elements of state (variables or sub-layers) to a layer "
                 "that is already built.") &&
          Contains("late/late"));
  struct LateTrack : Layer {
    Tensor call(const Tensor& x) { return track("late", layer<Affine>())(x); }
  };
  REQUIRE_THROWS_WITH(layer<LateTrack>()(data(1)), Contains("track(\"late\", ...)"));
  struct Doubled : Layer {
    Tensor call(const Tensor& x) { return x; }
    LayerRef<Affine> a = track("a", layer<Affine>()), b = track("a", layer<Affine>());
  };
  REQUIRE_THROWS_WITH(layer<Doubled>(), Contains("a sublayer is already tracked under this name"));
}

TEST_CASE("names with a slash", "[errors]") {
  REQUIRE_THROWS_WITH(
      layers::Dense(2, {.name = "a/b"}),
      "The `name` of a layer cannot contain the character `/`. Received: name='a/b'");
  REQUIRE_THROWS_AS(Input({2}, {.name = "a/b"}), GraphError);
}

TEST_CASE("input and output of a layer that was never called, or whose tensors have gone",
          "[errors]") {
  const auto affine = layer<Affine>(1.0, LayerOptions{.name = "a"});
  REQUIRE_THROWS_WITH(affine->output(),
                      "The layer 'a' (Affine) has never been called on a functional tensor and "
                      "thus has no defined output.");
  affine(Input({2}));
  REQUIRE_THROWS_WITH(affine->input(), StartsWith("The input of the layer 'a' (Affine) has gone"));
}

TEST_CASE("a handle of the wrong class", "[errors]") {
  const AnyLayer affine = layer<Affine>(1.0, LayerOptions{.name = "a"});
  REQUIRE_THROWS_WITH(affine.as<layers::DenseLayer>(), "The layer 'a' (Affine) is no DenseLayer.");
}

TEST_CASE("a class that files name and nobody knows", "[errors]") {
  const Config object = detail::serialize_layer(*layer<Affine>());
  REQUIRE_THROWS_WITH(detail::layer_from_config(object),
                      StartsWith("Could not locate class 'Affine'.") &&
                          Contains("custom_objects: {{\"Affine\", custom_object<Affine>()}}"));
}

TEST_CASE("shapes of an Input", "[errors]") {
  REQUIRE_THROWS_WITH(
      Input({-3}), StartsWith("Input: a dimension cannot be negative.") && Contains("(None, -3)"));
  REQUIRE_THROWS_AS(Input({1, 2, 3, 4, 5, 6, 7, 8}), ShapeError);
}

TEST_CASE("a call that returns nothing", "[errors]") {
  struct Nothing : Layer {
    Tensor call(const Tensor&) { return {}; }
  };
  struct NoList : Layer {
    Tensors call(const Tensor&) { return {}; }
  };
  REQUIRE_THROWS_WITH(layer<Nothing>()(data(1)), Contains("returned a null Tensor"));
  REQUIRE_THROWS_WITH(layer<NoList>()(data(1)), Contains("returned no tensor"));
}

TEST_CASE("a functional tensor where a loss is expected", "[errors]") {
  struct Losing : Layer {
    explicit Losing(Tensor t) : t_(std::move(t)) {}
    Tensor call(const Tensor& x) {
      add_loss(t_);
      return x;
    }
    Tensor t_;
  };
  REQUIRE_THROWS_WITH(layer<Losing>(Input({1}))(data(1)),
                      StartsWith("`add_loss()` can only be called from inside `call()`"));
  REQUIRE_THROWS_WITH(layer<Losing>(Tensor())(data(1)), Contains("received a null Tensor"));
}
