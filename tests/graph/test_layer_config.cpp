#include <map>

#include "core/config_access.hpp"
#include "graph/functional/input_layer.hpp"
#include "graph/functional/layer_registry.hpp"
#include "tests/graph/functional_layers.h"
#include "tests/harness/catch.h"

using namespace weft;
using namespace weft::test;

namespace {

struct Scale : Layer {
  static constexpr const char* registered_name = "my_package>Scale";
  explicit Scale(double by, LayerOptions o = {}) : Layer(std::move(o)), by_(by) {}
  explicit Scale(const Config& c) : Scale(c.get<double>("by")) {}
  Tensor call(const Tensor& x) { return x * by_; }
  Config get_config() const override { return Layer::get_config().set("by", by_); }
  double by_;
};

struct Factory : Layer {
  explicit Factory(int n) : n_(n) {}
  static LayerRef<Factory> from_config(const Config& c) {
    return layer<Factory>(c.get<int>("n") + 1);
  }
  Tensor call(const Tensor& x) { return x; }
  Config get_config() const override { return {{"n", n_}}; }
  int n_;
};

struct OwnDense : layers::DenseLayer {
  using DenseLayer::DenseLayer;
};

}  // namespace

TEST_CASE("names count up per class, explicit ones neither count nor reserve", "[graph]") {
  clear_session();
  REQUIRE(layer<Affine>()->name() == "affine");
  REQUIRE(layer<Affine>(1.0, {.name = "affine_1"})->name() == "affine_1");
  REQUIRE(layer<Affine>()->name() == "affine_1");
  REQUIRE(layer<SumAndDifference>()->name() == "sum_and_difference");
  const Tensor x = Input({2}), y = Input({2}, {.name = "named"});
  REQUIRE(detail::input_layer_of(x)->name() == "input_layer");
  REQUIRE(detail::input_layer_of(y)->name() == "named");
  REQUIRE(detail::history_of(x + x).node->operation()->name() == "add");
  clear_session();
  REQUIRE(layer<Affine>()->name() == "affine");
}

TEST_CASE(
    "class, module and registered name: built-in, one's own, with a package, derived from a "
    "built-in",
    "[graph]") {
  const AnyLayer dense = layers::Dense(3);
  REQUIRE(dense->class_name() == "Dense");
  REQUIRE(dense->module() == "keras.layers");
  REQUIRE(dense->registered_name().empty());
  const AnyLayer own = layer<Affine>();
  REQUIRE(own->class_name() == "Affine");
  REQUIRE(own->module().empty());
  REQUIRE(own->registered_name() == "Affine");
  const AnyLayer packed = layer<Scale>(2.0);
  REQUIRE(packed->class_name() == "Scale");
  REQUIRE(packed->registered_name() == "my_package>Scale");
  REQUIRE(packed->name().rfind("scale", 0) == 0);
  const AnyLayer derived = layer<OwnDense>(3, layers::DenseOptions{});
  REQUIRE(derived->class_name() == "OwnDense");
  REQUIRE(derived->registered_name() == "OwnDense");
  REQUIRE(derived->module().empty());
}

TEST_CASE("a layer says how it can be made again, in Keras's keys and order", "[graph]") {
  const auto scale = layer<Scale>(2.5, {.name = "half", .dtype = "float64", .trainable = false});
  REQUIRE(detail::to_text(scale->get_config()) ==
          "{'name': 'half', 'trainable': False, 'dtype': {'module': 'keras', 'class_name': "
          "'DTypePolicy', 'config': {'name': "
          "'float64'}, 'registered_name': None}, 'by': 2.5}");
  const Tensor in = Input({3, None}, {.batch_size = 4, .dtype = "int32", .name = "tokens"});
  REQUIRE(detail::to_text(detail::input_layer_of(in)->get_config()) ==
          "{'batch_shape': [4, 3, None], 'dtype': 'int32', 'sparse': False, 'name': 'tokens'}");
}

TEST_CASE("build configs hold the input shapes of layers that have a build of their own",
          "[graph]") {
  const auto affine = layer<Affine>();
  REQUIRE(affine->get_build_config().size() == 0);
  affine(Input({3}));
  REQUIRE(detail::to_text(affine->get_build_config()) == "{'input_shape': [None, 3]}");
  const auto scale = layer<Scale>(1.0);
  scale(Input({3}));
  REQUIRE(scale->get_build_config().size() == 0);
}

TEST_CASE("custom objects revive layers by registered name, class name or from_config", "[graph]") {
  const Config packed = detail::serialize_layer(
      *layer<Scale>(2.5, {.name = "half", .dtype = "float64", .trainable = false}));
  const AnyLayer again =
      detail::layer_from_config(packed, {{"my_package>Scale", custom_object<Scale>()}});
  REQUIRE(again.as<Scale>()->by_ == 2.5);
  REQUIRE(again->name() == "half");
  REQUIRE(again->dtype() == DType::float64);
  REQUIRE_FALSE(again->trainable());
  REQUIRE(detail::layer_from_config(packed, {{"Scale", custom_object<Scale>()}}).as<Scale>()->by_ ==
          2.5);

  // A class that returns its own arguments alone gets name, dtype and trainable back all the same.
  const Config bare =
      detail::serialize_layer(*layer<Affine>(7.0, {.name = "mine", .trainable = false}));
  const AnyLayer mine = detail::layer_from_config(bare, {{"Affine", custom_object<Affine>()}});
  REQUIRE(mine->name() == "mine");
  REQUIRE_FALSE(mine->trainable());
  REQUIRE(detail::to_text(mine->get_config()) == "{'start': 7.0}");

  const Config made = detail::serialize_layer(*layer<Factory>(4));
  REQUIRE(
      detail::layer_from_config(made, {{"Factory", custom_object<Factory>()}}).as<Factory>()->n_ ==
      5);

  const std::map<std::string, LayerFactory> table = {{"Factory", custom_object<Factory>()}};
  REQUIRE(detail::layer_from_config(made, CustomObjects(table)).as<Factory>()->n_ == 5);
}

TEST_CASE("built-in layers are revived by class name, custom objects are found inside other layers",
          "[graph]") {
  const Config dense = detail::serialize_layer(*layers::Dense(5, {.name = "five"}).base());
  const AnyLayer again = detail::layer_from_config(dense);
  REQUIRE(again->name() == "five");
  REQUIRE(again.as<layers::DenseLayer>()->units() == 5);
  const AnyLayer input = detail::layer_from_config(
      {{"class_name", "InputLayer"},
       {"config", Config{{"batch_shape", Shape{None, 3}}, {"dtype", "float32"}, {"name", "in"}}}});
  REQUIRE(detail::input_tensor(input).shape() == Shape{None, 3});

  const detail::CustomObjectScope scope({{"Factory", custom_object<Factory>()}});
  REQUIRE(
      detail::layer_from_config(detail::serialize_layer(*layer<Factory>(1))).as<Factory>()->n_ ==
      2);
}

TEST_CASE("an object registered once is known without custom_objects", "[graph]") {
  struct Known : Layer {
    Known() = default;
    explicit Known(const Config&) {}
    Tensor call(const Tensor& x) { return x; }
  };
  register_custom_object("Known", custom_object<Known>());
  REQUIRE(detail::layer_from_config(detail::serialize_layer(*layer<Known>()))
              .as<Known>()
              ->class_name() == "Known");
}

TEST_CASE("mixed precision policies are read and written by name", "[graph]") {
  Config c = detail::serialize_layer(*layer<Scale>(1.0));
  Config config = c.get<Config>("config");
  config.set("dtype", "mixed_bfloat16");
  c.set("config", config);
  const AnyLayer mixed = detail::layer_from_config(c, {{"Scale", custom_object<Scale>()}});
  REQUIRE(mixed->dtype() == DType::float32);
  REQUIRE(mixed->compute_dtype() == DType::bfloat16);
  REQUIRE(mixed->get_config().get<Config>("dtype").get<Config>("config").get<std::string>("name") ==
          "mixed_bfloat16");
}
