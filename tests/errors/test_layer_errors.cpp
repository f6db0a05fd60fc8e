// What is said when a layer is made or called wrongly: what is wrong, what was expected, what was
// received, the layer's name.
#include <weft/constraints.h>
#include <weft/core/error.h>
#include <weft/graph/functional/input.h>
#include <weft/initializers.h>
#include <weft/layers.h>
#include <weft/regularizers.h>

#include "graph/functional/layer_registry.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

namespace {

Tensor x() { return Tensor::of({{1.0f, 2.0f}, {3.0f, 4.0f}}); }

}  // namespace

TEST_CASE("Dense refuses a rank and a number of units that cannot be", "[errors]") {
  CHECK_THAT(error_of<ShapeError>([] { layers::Dense(3, {.name = "d"})(Input({})); }),
             Contains("Input 0 with name 'None' of layer 'd' is incompatible with the layer: "
                      "expected min_ndim=2, found ndim=1. Full "
                      "shape received: (None,)"));
  CHECK_THAT(error_of<Error>([] { layers::Dense(0); }),
             Contains("Dense: received an invalid value for `units`, expected a positive integer. "
                      "Received: units=0"));
  CHECK_THAT(error_of<Error>([] { layers::Dense(-3); }), Contains("Received: units=-3"));
}

TEST_CASE("Dense refuses another feature size than that of its first call", "[errors]") {
  layers::Dense dense(3, {.name = "d"});
  dense(Input({5}));
  const std::string expected =
      "Input 0 with name 'None' of layer 'd' is incompatible with the layer: expected axis -1 of "
      "input shape to have value 5, but "
      "received input with shape ";
  CHECK_THAT(error_of<ShapeError>([&] { dense(Input({6})); }), Contains(expected + "(None, 6)"));
  CHECK_THAT(error_of<ShapeError>([&] { dense(x()); }), Contains(expected + "(2, 2)"));
}

TEST_CASE("Dense needs to know its last dimension", "[errors]") {
  CHECK_THAT(error_of<ShapeError>([] { layers::Dense(3, {.name = "d"})(Input({None})); }),
             Contains("Shapes used to initialize variables must be fully-defined (no `None` "
                      "dimensions). Received: shape=(None, 3) for "
                      "variable path='d/kernel'"));
}

TEST_CASE("A layer with one input refuses two", "[errors]") {
  CHECK_THAT(error_of<GraphError>([] {
               layers::Dense(3, {.name = "d"})({Input({4}), Input({4})});
             }),
             Contains("Layer \"d\" expects 1 input(s), but it received 2 input tensors."));
}

TEST_CASE("Unknown identifiers are named, with those that there are", "[errors]") {
  CHECK_THAT(error_of<Error>([] { layers::Dense(3, {.activation = "foo"}); }),
             Contains("Could not interpret activation function identifier: foo. Expected one of: "
                      "relu, leaky_relu"));
  CHECK_THAT(error_of<Error>([] { layers::Dense(3, {.kernel_initializer = "glorotuniform"}); }),
             Contains("Could not interpret initializer identifier: glorotuniform. Expected one of: "
                      "Constant, GlorotNormal"));
  CHECK_THAT(
      error_of<Error>([] { layers::Dense(3, {.kernel_regularizer = "l3"}); }),
      Contains("Could not interpret regularizer identifier: l3. Expected one of: L1, L1L2, L2"));
  CHECK_THAT(error_of<Error>([] { layers::Dense(3, {.kernel_constraint = "max"}); }),
             Contains("Could not interpret constraint identifier: max. Expected one of: MaxNorm, "
                      "MinMaxNorm, NonNeg, UnitNorm"));
}

TEST_CASE("Merging layers refuse shapes that do not broadcast", "[errors]") {
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Add({.name = "sum"})({Input({3}), Input({4})});
             }),
             Contains("sum: Inputs have incompatible shapes. Received shapes (3,) and (4,)"));
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Multiply({.name = "m"})({Input({2, 3}), Input({4, 3})});
             }),
             Contains("m: Inputs have incompatible shapes. Received shapes (2, 3) and (4, 3)"));
  layers::Add add({.name = "again"});
  add({x(), x()});
  CHECK_THAT(error_of<ShapeError>([&] {
               add({x(), Tensor::of({{1.0f, 2.0f, 3.0f}, {1.0f, 2.0f, 3.0f}})});
             }),
             Contains("again: Inputs have incompatible shapes. Received shapes (2,) and (3,)"));
}

TEST_CASE("Merging layers refuse other batches and inputs that are no list", "[errors]") {
  const Tensor three = Tensor::of({{1.0f, 2.0f}, {3.0f, 4.0f}, {5.0f, 6.0f}});
  CHECK_THAT(error_of<ShapeError>([&] {
               layers::Maximum({.name = "m"})({x(), three});
             }),
             Contains("m: Cannot merge tensors with different batch sizes. Received tensors with "
                      "shapes [(2, 2), (3, 2)]"));
  CHECK_THAT(error_of<GraphError>([] { layers::Add({.name = "a"})(x()); }),
             Contains("a: A merge layer should be called on a list of inputs. Received: one tensor "
                      "of shape (2, 2)"));
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Subtract({.name = "s"})({x(), x(), x()});
             }),
             Contains("s: A `Subtract` layer should be called on exactly 2 inputs. Received: "
                      "input_shape=[(2, 2), (2, 2), (2, 2)]"));
}

TEST_CASE("Concatenate refuses shapes that differ elsewhere and an axis that is not there",
          "[errors]") {
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Concatenate({.axis = 1, .name = "c"})({Input({3, 4}), Input({3, 5})});
             }),
             Contains("c: A `Concatenate` layer requires inputs with matching shapes except for "
                      "the concatenation axis. Received: "
                      "input_shape=[(None, 3, 4), (None, 3, 5)]"));
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Concatenate({.name = "c"})({Input({3, 4}), Input({4})});
             }),
             Contains("requires inputs with matching shapes"));
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Concatenate({.axis = 3, .name = "c"})({Input({4}), Input({4})});
             }),
             Contains("c: Axis 3 is out of bounds for input shape (None, 4). Received: axis=3"));
}

TEST_CASE("Normalization layers refuse an axis that is not there and another size than before",
          "[errors]") {
  CHECK_THAT(
      error_of<ShapeError>([] {
        layers::BatchNormalization({.axis = 4, .name = "bn"})(Input({3, 4}));
      }),
      Contains("bn: Axis 4 is out of bounds for input shape (None, 3, 4). Received: axis=4"));
  CHECK_THAT(
      error_of<ShapeError>([] {
        layers::LayerNormalization({.axis = {1, 2}, .name = "ln"})(Input({4}));
      }),
      Contains("ln: Axis 2 is out of bounds for input shape (None, 4). Received: axis=[1, 2]"));
  layers::BatchNormalization bn({.name = "bn"});
  bn(Input({3, 4}));
  CHECK_THAT(error_of<ShapeError>([&] {
               bn(Input({3, 5}));
             }),
             Contains("of layer 'bn' is incompatible with the layer: expected axis -1 of input "
                      "shape to have value 4, but received input "
                      "with shape (None, 3, 5)"));
  CHECK_THAT(error_of<ShapeError>([] {
               layers::BatchNormalization({.name = "bn"})(Input({3, None}));
             }),
             Contains("Received: shape=(None,) for variable path='bn/gamma'"));
}

TEST_CASE("Dropout refuses a rate and a noise shape that cannot be", "[errors]") {
  const std::string text =
      "Dropout: Invalid value received for argument `rate`. Expected a float value between 0 and "
      "1. Received: rate=";
  CHECK_THAT(error_of<Error>([] { layers::Dropout(1.5); }), Contains(text + "1.5"));
  CHECK_THAT(error_of<Error>([] { layers::Dropout(-0.1); }), Contains(text + "-0.1"));
  CHECK_THAT(error_of<Error>([] {
               layers::Dropout(0.5, {.noise_shape = {None, 0}});
             }),
             Contains("Received negative or zero value at index 1: 0"));
  CHECK_THAT(
      error_of<ShapeError>([] {
        layers::Dropout(0.5, {.noise_shape = {None, 1, 2}, .name = "d"})(x(), {.training = true});
      }),
      Contains("d: `noise_shape` must have the rank of the input. Expected: rank 2. Received: "
               "noise_shape=(None, 1, 2)"));
  CHECK_THAT(error_of<Error>([] { layers::GaussianNoise(2); }),
             Contains("Expected a float value between 0 and 1. Received: stddev=2"));
}

TEST_CASE("Reshape refuses sizes that differ and targets that say nothing", "[errors]") {
  CHECK_THAT(error_of<ShapeError>([] { layers::Reshape({5}, {.name = "r"})(Input({4})); }),
             Contains("r: The total size of the tensor must be unchanged. Received: "
                      "input_shape=(4,), target_shape=(5,)"));
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Reshape({-1, 3}, {.name = "r"})(Input({4}));
             }),
             Contains("the input size cannot be divided by the specified dimensions in "
                      "target_shape. Received: input_shape=(4,), "
                      "target_shape=(-1, 3)"));
  CHECK_THAT(error_of<Error>([] {
               layers::Reshape({-1, -1});
             }),
             Contains("at most one unknown dimension (-1) in target_shape"));
  CHECK_THAT(error_of<Error>([] {
               layers::Reshape({None, 3});
             }),
             Contains("must be integers, at most one of them -1"));
}

TEST_CASE("Embedding refuses sizes that cannot be and ids out of range", "[errors]") {
  CHECK_THAT(error_of<Error>([] { layers::Embedding(0, 3); }),
             Contains("Embedding: `input_dim` must be a positive integer. Received: input_dim=0"));
  CHECK_THAT(error_of<Error>([] { layers::Embedding(3, -1); }),
             Contains("`output_dim` must be a positive integer"));
  CHECK_THAT(
      error_of<ShapeError>([] { layers::Embedding(3, 2, {.weights = x()}); }),
      Contains("Embedding: `weights` has the wrong shape. Expected: (3, 2). Received: (2, 2)"));
  const std::string out_of_range = error_of<Error>([] {
    layers::Embedding(3, 2, {.name = "words"})(Tensor::of({{0, 3}})).to_vector<float>();
  });
  CHECK_THAT(out_of_range, Contains("Embedding layer 'words': a token id is out of range. "
                                    "Expected: 0 <= id < 3 (input_dim, the size of the "
                                    "vocabulary). Received: 3"));
}

TEST_CASE("Shape layers refuse other ranks and arguments", "[errors]") {
  CHECK_THAT(error_of<Error>([] {
               layers::Permute({0, 1});
             }),
             Contains("The set of indices in `dims` must be consecutive and start from 1. Received "
                      "dims=[0, 1]"));
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Permute({2, 1}, {.name = "p"})(Input({3}));
             }),
             Contains("of layer 'p' is incompatible with the layer: expected ndim=3, found ndim=2. "
                      "Full shape received: (None, 3)"));
  CHECK_THAT(
      error_of<ShapeError>([] {
        layers::RepeatVector(2, {.name = "r"})(Input({3, 4}));
      }),
      Contains("of layer 'r' is incompatible with the layer: expected ndim=2, found ndim=3"));
  CHECK_THAT(error_of<Error>([] { layers::RepeatVector(0); }),
             Contains("Argument `n` should be a positive integer. Received: n=0"));
  CHECK_THAT(error_of<Error>([] { layers::Flatten({.data_format = "NHWC"}); }),
             Contains("the `data_format` argument must be one of 'channels_last', "
                      "'channels_first'. Received: NHWC"));
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Rescaling({1, 2, 3}, {.name = "r"})(Input({4}));
             }),
             Contains("r: `scale` must have one number for each place along the last axis. "
                      "Expected: 4 numbers. Received: 3 numbers"));
}

TEST_CASE("Activation layers refuse negative arguments", "[errors]") {
  CHECK_THAT(
      error_of<Error>([] { layers::ReLU({.max_value = -1}); }),
      Contains("max_value of a ReLU layer cannot be a negative value. Received: max_value=-1"));
  CHECK_THAT(error_of<Error>([] { layers::ReLU({.threshold = -1}); }),
             Contains("threshold of a ReLU layer"));
  CHECK_THAT(error_of<Error>([] { layers::LeakyReLU({.negative_slope = -1}); }),
             Contains("Received: negative_slope=-1"));
  CHECK_THAT(error_of<ShapeError>([] {
               activations::glu(Tensor::from({1.0f, 2.0f, 3.0f}));
             }),
             Contains("glu: the last dimension"));
}

TEST_CASE("Initializers, regularizers and constraints refuse what they cannot be", "[errors]") {
  CHECK_THAT(error_of<Error>([] { initializers::VarianceScaling({.scale = 0}); }),
             Contains("argument `scale` must be a positive float. Received: scale=0"));
  CHECK_THAT(error_of<Error>([] { initializers::VarianceScaling({.mode = "fan"}); }),
             Contains("invalid `mode` argument: fan"));
  CHECK_THAT(error_of<Error>([] { initializers::VarianceScaling({.distribution = "cauchy"}); }),
             Contains("invalid `distribution` argument: cauchy"));
  CHECK_THAT(error_of<ShapeError>([] { (*initializers::Identity())({3}, DType::float32); }),
             Contains("Identity matrix initializer can only be used for 2D matrices. Received: "
                      "shape=(3,) of rank 1."));
  CHECK_THAT(error_of<ShapeError>([] { (*initializers::Orthogonal())({3}, DType::float32); }),
             Contains("The tensor to initialize must be at least two-dimensional. Received: "
                      "shape=(3,) of rank 1."));
  CHECK_THAT(
      error_of<Error>([] { regularizers::L2(-1); }),
      Contains("Invalid value for argument l2: expected a non-negative float. Received: l2=-1"));
  CHECK_THAT(error_of<ShapeError>([] {
               layers::Dense(2, {.bias_initializer = initializers::Constant(
                                     Tensor::from({1.0f, 2.0f, 3.0f}))})(Input({4}));
             }),
             Contains("(3,)"));
}

TEST_CASE("A config of what weft has not is refused by name", "[errors]") {
  const auto revive = [](const char* class_name, const Config& config) {
    return error_of<Error>([&] {
      detail::layer_from_config({{"class_name", class_name}, {"config", config}});
    });
  };
  CHECK_THAT(revive("Densest", {}), Contains("Could not locate class 'Densest'"));
  CHECK_THAT(
      revive("BatchNormalization", {{"renorm", true}}),
      Contains("BatchNormalization: `renorm` is not supported. Expected: null. Received: True"));
  CHECK_THAT(revive("LayerNormalization", {{"rms_scaling", true}}),
             Contains("LayerNormalization: `rms_scaling` is not supported"));
  CHECK_THAT(revive("Dense", {{"units", "three"}}), Contains("units"));
  const Config typo = {
      {"units", 3}, {"kernel_initializer", Config{{"class_name", "Glorot"}, {"config", Config{}}}}};
  CHECK_THAT(revive("Dense", typo), Contains("Could not locate class 'Glorot' (initializer)"));
  CHECK_THAT(revive("Dense", {{"units", 3}, {"bias_initializer", 3}}),
             Contains("Could not interpret initializer identifier: 3. Expected a string, or a dict "
                      "with the keys class_name and config."));
  CHECK_THAT(revive("Rescaling", {{"scale", {{1, 2}, {3}}}}),
             Contains("Rescaling: this is no array"));
}
