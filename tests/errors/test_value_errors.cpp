// What is said of numbers that cannot be what they are used for, of null tensors in traced code,
// and of a model that is called with another shape.
#include <fmt/core.h>
#include <weft/graph/trace/traced.h>
#include <weft/weft.h>

#include <limits>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

namespace {

constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

// Two outputs, a and b, of which a is 0 and b the sum of the inputs.
Model two_outputs() {
  const Tensor in = Input({3}, {.name = "in"});
  return {in,
          {layers::Dense(2, {.kernel_initializer = "zeros", .name = "a"})(in),
           layers::Dense(2, {.kernel_initializer = "ones", .name = "b"})(in)}};
}

}  // namespace

TEST_CASE("arange of infinite, undefined and too many numbers", "[errors]") {
  CHECK(error_of<Error>([] { ops::arange(0, infinite, 1); }) ==
        "arange: stop is not finite. Expected: a finite number. Received: inf");
  CHECK(error_of<Error>([] { ops::arange(-not_a_number, 3.0, 1); }) ==
        "arange: start is not finite. Expected: a finite number. Received: nan");
  CHECK(error_of<Error>([] { ops::arange(0, 3.0, -infinite); }) ==
        "arange: step is not finite. Expected: a finite number. Received: -inf");
  CHECK(error_of<Error>([] { ops::arange(0, 1e300, 1); }) ==
        "arange: there are too many elements. Expected: fewer than 2^62. Received: start=0, "
        "stop=1e+300, step=1");
}

TEST_CASE("a dimension of a scalar's shape", "[errors]") {
  CHECK(error_of<ShapeError>([] { (void)Shape{}[0]; }) ==
        "Shape: index out of range. Expected: no index, as the shape () of a scalar has no "
        "dimensions. Received: 0");
}

TEST_CASE("item<T>() of a number that T cannot hold", "[errors]") {
  CHECK(error_of<Error>([] { Tensor(not_a_number).item<int>(); }) ==
        "item<T>(): the element does not fit T. Expected: a number within the range of int32. "
        "Received: nan");
  CHECK_THAT(error_of<Error>([] { Tensor(3e9).item<int>(); }), Contains("Received: 3000000000"));
  CHECK_THAT(error_of<Error>([] { Tensor(-1).item<std::uint8_t>(); }),
             Contains("range of uint8. Received: -1"));
  CHECK_THAT(error_of<Error>([] { Tensor(infinite).item<std::int64_t>(); }),
             Contains("Received: inf"));
  CHECK_THAT(error_of<Error>([] {
               Tensor::from(std::vector<std::uint64_t>{~std::uint64_t{0}}).item<std::int64_t>();
             }),
             Contains("range of int64. Received: 18446744073709551615"));
  CHECK(Tensor(-2147483648.9).item<int>() == std::numeric_limits<int>::min());
  CHECK(Tensor(255.5).item<std::uint8_t>() == 255);
  CHECK(Tensor(-0.5).item<unsigned>() == 0);
  CHECK(Tensor(std::int64_t{-128}).item<std::int8_t>() == -128);
}

TEST_CASE("null tensors in and out of traced code are named by their place", "[errors]") {
  const Tensor x = Tensor::of({1.0F});
  auto sum = traced([](const Tensor& a, const Tensors& b) { return a + b[0]; });
  CHECK(error_of<GraphError>([&] {
          sum(Tensor(), {x, x});
        }) == "traced: argument 0 is a null Tensor. Expected: a tensor.");
  CHECK(error_of<GraphError>([&] {
          sum(x, {x, Tensor()});
        }) == "traced: element 1 of argument 1 is a null Tensor. Expected: a tensor.");
  CHECK(error_of<GraphError>([&] {
          sum(x, {{"u", x}, {"k", Tensor()}});
        }) == "traced: the entry 'k' of argument 1 is a null Tensor. Expected: a tensor.");
  auto nothing = traced([](const Tensor&) { return Tensor(); });
  CHECK(error_of<GraphError>([&] { nothing(x); }) ==
        "traced: the returned value is a null Tensor. Expected: a tensor.");
  auto half = traced([](const Tensor& a) { return Tensors{a, Tensor()}; });
  CHECK(error_of<GraphError>([&] { half(x); }) ==
        "traced: element 1 of the returned value is a null Tensor. Expected: a tensor.");
}

TEST_CASE("a model that is called with another shape says so as Keras does", "[errors]") {
  const Model model = two_outputs();
  const std::string expected =
      "Input 0 with name 'in' of layer '" + model.name() +
      "' is incompatible with the layer: expected shape=(None, 3), found shape=";
  CHECK(error_of<ShapeError>([&] { model(ops::ones({2, 5})); }) == expected + "(2, 5)");
  CHECK(error_of<ShapeError>([&] { model(Input({5})); }) == expected + "(None, 5)");
  CHECK_THAT(
      error_of<GraphError>([&] {
        model({ops::ones({2, 3}), ops::ones({2, 3})});
      }),
      Contains("expects 1 named input(s) with keys ['in'], but it received 2 input tensors"));
}

TEST_CASE("a checkpoint's filepath with a giant field", "[errors]") {
  CHECK(error_of<Error>([] { callbacks::ModelCheckpoint("m_{epoch:999999999}.keras"); }) ==
        "ModelCheckpoint: a field of the filepath is too wide. Expected: widths and precisions up "
        "to 255. Received: filepath=m_{epoch:999999999}.keras");
  CHECK_THAT(error_of<Error>([] { callbacks::ModelCheckpoint("{loss:.2000f}.keras"); }),
             Contains("too wide"));
  callbacks::ModelCheckpoint("run_20260101_{epoch:03d}_{loss:.2f}.keras");
}

TEST_CASE("targets for fewer outputs than there are go to those with a loss", "[errors]") {
  // Names and values by Keras 3.15.1: metrics are paired with targets by place.
  const Tensor x = ops::ones({4, 3}), y = ops::full({4, 2}, 2.0);
  const auto scores = [&](CompileOptions options) {
    Model model = two_outputs();
    options.optimizer = "sgd";
    model.compile(options);
    std::string all;
    const Logs logs = model.evaluate(x, {y}, {.verbose = 0});
    for (const std::string& name : logs.names()) all += fmt::format("{}={} ", name, logs[name]);
    return all;
  };
  const auto with_metrics = [](PerOutput<LossSpec> loss, Metrics metrics) {
    CompileOptions o;
    o.loss = std::move(loss);
    o.metrics = std::move(metrics);
    return o;
  };
  const LossSpec none = nullptr, mse = "mse";
  CHECK(scores(with_metrics({mse, none}, {})) == "loss=4 ");
  CHECK(scores(with_metrics({none, mse}, {})) == "loss=1 ");
  CHECK(scores(with_metrics({mse, none}, {{"a", "mae"}})) == "loss=4 a_mae=2 ");
  CHECK(scores(with_metrics({mse, none}, {{"a", "mae"}, {"b", "accuracy"}})) == "loss=4 a_mae=2 ");
  CHECK(scores(with_metrics({none, mse}, {{"b", "mae"}})) == "loss=1 ");
  CHECK_THAT(error_of<GraphError>([&] {
               scores(with_metrics({mse, mse}, {}));
             }),
             Contains("y_true and y_pred have different structures"));
}
