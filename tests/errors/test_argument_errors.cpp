// What fit, evaluate, predict and compile say of arguments that cannot be meant, before the weights
// move; numbers in messages and in printed tensors as they are.
#include <weft/weft.h>

#include <filesystem>
#include <limits>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/paths.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Model regression() {
  const Tensor in = Input({4}, {.name = "in"});
  Model model(in, layers::Dense(2, {.name = "out"})(in), {.name = "regression"});
  model.compile({.optimizer = "sgd", .loss = "mse"});
  return model;
}

Model classifier() {
  const Tensor in = Input({4});
  Model model(in, layers::Dense(3, {.activation = "softmax"})(in));
  model.compile({.optimizer = "sgd", .loss = "sparse_categorical_crossentropy"});
  return model;
}

const FitOptions quiet = {.verbose = 0};

// The message of a fit that must not train.
std::string fit_error(FitOptions options) {
  Model model = regression();
  const std::vector<float> before = model.get_weights()[0].to_vector<float>();
  options.verbose = 0;
  const std::string message = error_of<Error>([&] {
    model.fit(ops::ones({8, 4}), ops::ones({8, 2}), options);
  });
  CHECK(model.get_weights()[0].to_vector<float>() == before);
  return message;
}

}  // namespace

TEST_CASE("validation data that do not fit are refused before the first step", "[errors]") {
  const Tensor x = ops::ones({8, 4}), y = ops::ones({8, 2});
  CHECK_THAT(fit_error({.validation_data = {ops::ones({8, 9}), y}}), Contains("(8, 9)"));
  CHECK_THAT(fit_error({.validation_data = {ops::zeros({0, 4}), ops::zeros({0, 2})}}),
             Contains("The data set is empty"));
  CHECK(fit_error({.validation_data = {x, y}, .validation_batch_size = 0}) ==
        "fit: `validation_batch_size` must be at least 1. Received: 0.");
  CHECK(fit_error({.validation_data = {x, y}, .validation_steps = 0}) ==
        "fit: `validation_steps` must be at least 1. Received: 0.");
}

TEST_CASE("class weights that are no weights", "[errors]") {
  const std::string expected =
      "fit: `class_weight` does not fit. Expected: class numbers from 0, and finite weights that "
      "are not negative. Received: ";
  CHECK(fit_error({.class_weight = {{0, not_a_number}}}) == expected + "{0: nan}.");
  CHECK(fit_error({.class_weight = {{0, 1.0}, {1, -5.0}}}) == expected + "{1: -5}.");
  CHECK(fit_error({.class_weight = {{0, infinite}}}) == expected + "{0: inf}.");
  CHECK(fit_error({.class_weight = {{-1, 1.0}}}) == expected + "{-1: 1}.");
}

TEST_CASE("steps below 1", "[errors]") {
  Model model = regression();
  const Tensor x = ops::ones({8, 4}), y = ops::ones({8, 2});
  for (int steps : {0, -3}) {
    CHECK_THAT(error_of<Error>([&] { model.predict(x, {.verbose = 0, .steps = steps}); }),
               Contains("predict: `steps` must be at least 1. Received: " + std::to_string(steps)));
    CHECK_THAT(error_of<Error>([&] { model.evaluate(x, y, {.verbose = 0, .steps = steps}); }),
               Contains("evaluate: `steps` must be at least 1."));
  }
}

TEST_CASE("which of the data is a null tensor", "[errors]") {
  Model model = regression();
  const Tensor x = ops::ones({8, 4}), y = ops::ones({8, 2});
  CHECK_THAT(error_of<GraphError>([&] { model.fit(x, Tensor(), quiet); }),
             Contains("a tensor in `y`. Received: a null Tensor"));
  CHECK_THAT(error_of<GraphError>([&] { model.fit(Tensor(), y, quiet); }),
             Contains("a tensor in `x`. Received: a null Tensor"));
  CHECK_THAT(error_of<GraphError>([&] { model.predict(Tensor()); }), Contains("a tensor in `x`"));
}

TEST_CASE("a weight of a loss that is no number", "[errors]") {
  Model model = regression();
  CHECK_THAT(error_of<Error>([&] { model.compile({.loss = "mse", .loss_weights = not_a_number}); }),
             Contains("`loss_weights` is no number"));
}

TEST_CASE("a metric that does not fit is named", "[errors]") {
  const Tensor in = Input({4});
  Model model(in, layers::Dense(3, {.activation = "softmax"})(in));
  model.compile({.loss = "sparse_categorical_crossentropy", .metrics = {"mae"}});
  CHECK_THAT(error_of<ShapeError>([&] {
               model.fit(ops::ones({8, 4}), ops::zeros({8}, "int32"), quiet);
             }),
             Contains("updating the metric 'mae'. Shapes of y_true and y_pred: (8,), (8, 3)"));
}

TEST_CASE("a label or an id that is NaN", "[errors]") {
  Model model = classifier();
  const Tensor nan = Tensor::of({0.0, not_a_number});
  CHECK_THAT(error_of<Error>([&] {
               model.fit(ops::ones({2, 4}), nan, quiet);
             }),
             Contains("a label is out of range") && Contains("stands for NaN"));
  const Tensor in = Input({2});
  Model embedding(in, layers::Embedding(5, 2, {.name = "words"})(in));
  CHECK_THAT(error_of<Error>([&] {
               embedding.predict(ops::reshape(nan, {1, 2}), {.verbose = 0});
             }),
             Contains("'words': a token id is out of range") && Contains("stands for NaN"));
}

TEST_CASE("uint64 and NaN print as what they are", "[errors]") {
  const std::uint64_t top = std::numeric_limits<std::uint64_t>::max();
  const Tensor large = Tensor::from(std::vector<std::uint64_t>{top, 1});
  CHECK(large.to_string() == "[18446744073709551615 1] (shape=(2,), dtype=uint64)");
  CHECK(Tensor::of({-not_a_number, not_a_number}).to_string() ==
        "[nan nan] (shape=(2,), dtype=float64)");
  Model model = classifier();
  CHECK_THAT(error_of<Error>([&] {
               model.fit(ops::ones({2, 4}), large, quiet);
             }),
             Contains("Received: 18446744073709551615 at row"));
}

TEST_CASE("ModelCheckpoint makes the folder, and wants a frequency of at least 1", "[errors]") {
  CHECK_THAT(error_of<Error>([] { callbacks::ModelCheckpoint("a.keras", {.save_freq = 0}); }),
             Contains("ModelCheckpoint: `save_freq` must be at least 1"));
  const std::string folder = test::temporary_dir();
  Model model = regression();
  model.fit(ops::ones({8, 4}), ops::ones({8, 2}),
            {.verbose = 0, .callbacks = {callbacks::ModelCheckpoint(folder + "/new/in/a.keras")}});
  CHECK(std::filesystem::exists(folder + "/new/in/a.keras"));
  save_npy(folder + "/file", Tensor::of({1}));
  CHECK_THAT(error_of<FileError>([&] {
               model.fit(ops::ones({8, 4}), ops::ones({8, 2}),
                         {.verbose = 0,
                          .callbacks = {callbacks::ModelCheckpoint(folder + "/file/a.keras")}});
             }),
             Contains("cannot be made"));
}

TEST_CASE("an op reports under its own name", "[errors]") {
  const Tensor x = ops::ones({3, 4}), scalar(2.0F);
  CHECK_THAT(error_of<ShapeError>([&] { ops::sort(x, 9); }),
             Contains("sort: axis is out of") && !Contains("argsort"));
  CHECK_THAT(error_of<ShapeError>([&] { ops::top_k(scalar, 1); }),
             Contains("top_k: x is a scalar"));
  CHECK_THAT(error_of<ShapeError>([&] {
               ops::logsumexp(ops::zeros({0, 4}));
             }),
             Contains("logsumexp: reduction over nothing"));
  CHECK_THAT(error_of<ShapeError>([&] { ops::isclose(x, ops::ones({2})); }),
             Contains("isclose: the shapes do not broadcast"));
  CHECK_THAT(error_of<ShapeError>([&] { ops::argmax(scalar, {.axis = 0}); }),
             Contains("Expected: no axis, as x is a scalar. Received: axis=0"));
  CHECK_THAT(error_of<ShapeError>([&] { ops::split(x, 0); }),
             Contains("Expected: 1 or more sections. Received: sections=0"));
  CHECK_THAT(error_of<DtypeError>([&] { ops::full({2}, 1, DType{}); }),
             Contains("full: no dtype was given"));
  CHECK_THAT(error_of<GraphError>([&] { save_npy(test::temporary_dir() + "/a.npy", Tensor()); }),
             Contains("it is a null Tensor"));
}

TEST_CASE("a summary as wide as a line can be", "[errors]") {
  CHECK(error_of<Error>([] {
          regression().summary({.line_length = std::numeric_limits<int>::max()});
        }) == "summary: `line_length` is too large. Expected: at most 10000. Received: 2147483647");
}
