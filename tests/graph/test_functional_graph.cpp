#include <weft/layers/add.h>
#include <weft/layers/concatenate.h>

#include "tests/graph/functional_layers.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::test;
using detail::LayerGraph;

namespace {

Tensor affine(const Tensor& x, const char* name) {
  return layer<Affine>(2.0, LayerOptions{.name = name})(x);
}

Names class_names(const LayerGraph& graph) {
  Names out;
  for (const auto& op : graph.operations()) out.push_back(op->class_name());
  return out;
}

}  // namespace

TEST_CASE("operations come by decreasing depth, then by first visit: the seeds' merge example",
          "[graph]") {
  const Tensor in = Input({4}, {.name = "input"});
  const Tensor lstm1 = affine(in, "lstm1");
  const Tensor interp1 = affine(lstm1, "interp1");
  const Tensor interp22 = affine(affine(lstm1, "interp21"), "interp22");
  const Tensor interp23 = affine(interp22, "interp23");
  const Tensor merged = layers::concatenate({interp1, interp23}, {.name = "merge"});
  const LayerGraph graph(in, affine(merged, "output"));
  REQUIRE(names(graph.operations()) == Names{"input", "lstm1", "interp21", "interp22", "interp1",
                                             "interp23", "merge", "output"});
}

TEST_CASE("a dict of outputs is walked in sorted key order: the ticket model", "[graph]") {
  const Tensor title = Input({None}, {.name = "title"}), body = Input({None}, {.name = "body"});
  const Tensor tags = Input({1}, {.name = "tags"});
  const Tensor t = affine(title.reshape({-1, 1}), "lstm"),
               b = affine(body.reshape({-1, 1}), "lstm_1");
  const Tensor x = layers::concatenate({t, b, tags}, {.name = "concatenate"});
  const LayerGraph graph({title, body, tags}, {{"priority", affine(x, "priority")},
                                               {"department", affine(x, "department")}});
  Names layer_names;
  for (const AnyLayer& layer : graph.layers()) layer_names.push_back(layer->name());
  REQUIRE(layer_names == Names{"title", "body", "lstm", "lstm_1", "tags", "concatenate",
                               "department", "priority"});
  REQUIRE(graph.output_names() == Names{"department", "priority"});
  REQUIRE(graph.outputs().keys() == Names{"priority", "department"});
}

TEST_CASE("a shared layer is as deep as its deepest call, and stands once", "[graph]") {
  const Tensor in = Input({2}, {.name = "in"});
  const auto shared = layer<Affine>(2.0, {.name = "shared"});
  const Tensor once = shared(in);
  const Tensor twice = shared(affine(once, "between"));
  const LayerGraph graph(in, twice);
  REQUIRE(names(graph.operations()) == Names{"in", "shared", "between"});
  REQUIRE(graph.nodes_of(*shared.base()).size() == 2);
  REQUIRE_FALSE(graph.is_sequential_like());
  REQUIRE(shared->weights().size() == 2);
  const LayerGraph part(in, once);  // the second call belongs to the other graph
  REQUIRE(part.nodes_of(*shared.base()).size() == 1);
  REQUIRE(part.is_sequential_like());
}

TEST_CASE("inputs that no output needs are kept, last", "[graph]") {
  const Tensor a = Input({2}, {.name = "a"}), unused = Input({5}, {.name = "unused"});
  const LayerGraph graph({a, unused}, affine(a, "x"));
  REQUIRE(names(graph.operations()) == Names{"a", "unused", "x"});
  REQUIRE(graph.run({Tensor::of({{1.0f, 1.0f}}), Tensor::of({{1.f, 1.f, 1.f, 1.f, 1.f}})}).size() ==
          1);
}

TEST_CASE("ops on functional tensors are operations but no layers; + shares the counter of Add",
          "[graph]") {
  clear_session();
  const Tensor a = Input({2}), b = Input({2});
  const Tensor sum = layers::add({a, b});
  const Tensor y = (sum + a) * 2.0f;
  const LayerGraph graph({a, b}, y);
  REQUIRE(names(graph.operations()) ==
          Names{"input_layer", "input_layer_1", "add", "add_1", "multiply"});
  REQUIRE(graph.layers().size() == 3);
  REQUIRE(graph.operations()[3]->module() == "keras.src.ops.numpy");
  REQUIRE(values(graph.run({Tensor::of({{1.0f, 2.0f}}), Tensor::of({{10.0f, 20.0f}})})) ==
          Floats{24, 48});
}

TEST_CASE("only what is reachable from the outputs belongs to the graph", "[graph]") {
  const Tensor in = Input({2}, {.name = "in"});
  const Tensor first = affine(in, "first"), second = affine(first, "second"),
               third = affine(second, "third");
  REQUIRE(names(LayerGraph(in, second).operations()) == Names{"in", "first", "second"});
  REQUIRE(names(LayerGraph(in, {second, third}).operations()) ==
          Names{"in", "first", "second", "third"});
}

TEST_CASE("an input may be an output", "[graph]") {
  const Tensor in = Input({2}, {.name = "in"});
  const LayerGraph graph(in, {in, affine(in, "x")});
  const Tensors out = graph.run(Tensor::of({{1.0f, 2.0f}}));
  REQUIRE(values(out[0]) == Floats{1, 2});
  REQUIRE(values(out[1]) == Floats{2, 4});
}

TEST_CASE("a tensor that no Input made can be an input: the nodes behind it are copied",
          "[graph]") {
  const Tensor in = Input({2}, {.name = "in"});
  const auto first = layer<Affine>(3.0, {.name = "first"}),
             second = layer<Affine>(5.0, {.name = "second"});
  const Tensor middle = first(in), out = second(middle);
  const LayerGraph graph(middle, out);
  REQUIRE(class_names(graph) == Names{"InputLayer", "Affine"});
  REQUIRE(graph.operations()[0]->name() == detail::impl(middle).name + "CLONE");
  REQUIRE(values(graph.run(Tensor::of({{1.0f, 2.0f}}))) == Floats{5, 10});
  REQUIRE(values(LayerGraph(in, out).run(Tensor::of({{1.0f, 2.0f}}))) == Floats{15, 30});
  REQUIRE(detail::same_place(second->output(), out));  // still the first call
}

TEST_CASE("a graph can be cloned with other layers", "[graph]") {
  const Tensor in = Input({2}, {.name = "in"});
  const auto shared = layer<Affine>(3.0, {.name = "shared"});
  const LayerGraph graph(in, shared(shared(in)) + 1.0f);
  int asked = 0;
  const LayerGraph copy =
      graph.clone([&](const std::shared_ptr<Operation>& op) -> std::shared_ptr<Operation> {
        ++asked;
        return op->class_name() == "Affine"
                   ? layer<Affine>(2.0, LayerOptions{.name = "fresh"}).base()
                   : nullptr;
      });
  REQUIRE(asked == 2);
  REQUIRE(copy.operations()[1]->name() == "fresh");
  REQUIRE(values(copy.run(Tensor::of({{1.0f, 2.0f}}))) == Floats{5, 9});
  REQUIRE(values(graph.run(Tensor::of({{1.0f, 2.0f}}))) == Floats{10, 19});
}

TEST_CASE("sequential-like: one tensor into each node, one node per depth", "[graph]") {
  const Tensor in = Input({2});
  REQUIRE(LayerGraph(in, layer<Affine>()(layer<Affine>()(in))).is_sequential_like());
  REQUIRE_FALSE(LayerGraph(in, layer<Affine>()(in) + in).is_sequential_like());
  REQUIRE_FALSE(LayerGraph(in, {layer<Affine>()(in), layer<Affine>()(in)}).is_sequential_like());
}

TEST_CASE("deep chains and wide graphs are mapped", "[graph]") {
  const Tensor in = Input({2});
  Tensor x = in;
  for (int i = 0; i < 300; ++i) x = layer<SumAndDifference>().all({x, in})[0];
  const LayerGraph graph(in, x);
  REQUIRE(graph.operations().size() == 301);
  REQUIRE(graph.nodes_by_depth().size() == 301);
}
