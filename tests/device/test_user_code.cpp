// What users write op by op on a device: data of the host, ops without a kernel for the device,
// draws, refusals, reports.
#include <weft/core/backend.h>
#include <weft/core/device.h>
#include <weft/core/op.h>
#include <weft/weft.h>

#include <cmath>
#include <vector>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/keep_settings.h"
#include "tests/harness/largest_difference.h"
#include "tests/harness/on_device.h"

using namespace weft;
using test::error_of;
using test::largest_difference;
using test::OnDevice;

namespace {

std::vector<TensorSpec> same_spec(const std::vector<TensorSpec>& inputs, const Config&) {
  return inputs;
}

std::vector<Tensor> gradient_of_cube(const GradArgs& a) {
  return {a.grads[0] * 3 * a.inputs[0] * a.inputs[0]};
}

PreparedKernel prepare_cube(const KernelRequest& request, std::string&) {
  const std::int64_t size = request.outputs[0].shape.size();
  return {.run = [size](const KernelArgs& a) {
    for (std::int64_t i = 0; i < size; ++i)
      a.out<float>(0)[i] = a.in<float>(0)[i] * a.in<float>(0)[i] * a.in<float>(0)[i];
  }};
}

/// An op of a user's, with a kernel for the CPU.
Tensor cube(const Tensor& x) {
  static const bool registered = [] {
    OpDef op;
    op.name = "test_cube_of_user";
    op.infer = same_spec;
    op.grad = gradient_of_cube;
    register_op(op);
    backend("cpu").kernels().add(op.name, {"reference", true, prepare_cube});
    return true;
  }();
  static_cast<void>(registered);
  return apply(find_op("test_cube_of_user"), {x})[0];
}

Tensor rows(std::int64_t n, std::int64_t columns) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < n * columns; ++i)
    values.push_back(std::sin(static_cast<float>(i) * 0.7F));
  return Tensor::from(values).reshape({n, columns});
}

}  // namespace

TEST_CASE("user code: an op with a kernel for the CPU alone runs on a device, and trains") {
  std::vector<std::vector<float>> results;
  for (const char* name : {"cpu", "cuda:0"}) {
    const OnDevice where(name);
    const Tensor x = rows(8, 3);
    CHECK(cube(x).device() == name);
    Variable w(rows(3, 2));
    const auto step = traced([&](const Tensor& in) {
      GradientTape tape;
      const Tensor loss = ops::mean(cube(ops::matmul(in, w)));
      w.assign(w - tape.gradient(loss, std::vector<Variable>{w})[0] * 0.1F);
      return loss;
    });
    std::vector<float> result = cube(x).to_vector<float>();
    for (int i = 0; i < 5; ++i) result.push_back(step(x).item<float>());
    for (float v : w.value().to_vector<float>()) result.push_back(v);
    results.push_back(result);
  }
  CHECK(largest_difference(results[0], results[1]) < 1e-5);
}

TEST_CASE("user code: a model on a device takes data of the host op by op") {
  const OnDevice where("cuda:0");
  const Tensor inputs = Input({4});
  Model model(inputs, layers::Dense(3)(layers::BatchNormalization()(inputs)));
  const Tensor x = rows(6, 4).to("cpu");
  const Tensor labels = Tensor::from(std::vector<int>{0, 1, 2, 0, 1, 2}).to("cpu");
  const Tensor logits = model(x);
  CHECK(logits.device() == "cuda:0");
  CHECK(largest_difference(logits.to_vector<float>(), Tensor(model.predict(x)).to_vector<float>()) <
        1e-5);
  const losses::SparseCategoricalCrossentropy loss({.from_logits = true});
  const std::vector<Variable> weights = model.trainable_weights();
  GradientTape tape;
  const Tensor value = loss(labels, model(x, {.training = true}));
  optimizers::SGD({.learning_rate = 0.1}).apply(tape.gradient(value, weights), weights);
  CHECK(std::isfinite(value.item<float>()));
  CHECK(weights[0].value().device() == "cuda:0");
}

TEST_CASE("user code: NaN stays NaN behind a convolution with relu") {
  const OnDevice where("cuda:0");
  const test::KeepSettings keep;
  const Config attrs = {{"strides", std::vector<std::int64_t>{1, 1}},
                        {"padding", "same"},
                        {"dilation_rate", std::vector<std::int64_t>{1, 1}},
                        {"activation", "relu"}};
  std::vector<float> x(4 * 4 * 8, -1.0F);
  x[0] = std::nanf("");
  for (const char* precision : {"highest", "high"}) {
    set_float32_matmul_precision(precision);
    const std::vector<float> y = apply_one("conv",
                                           {Tensor::from(x).reshape({1, 4, 4, 8}),
                                            ops::ones({1, 1, 8, 16}), ops::zeros({16})},
                                           attrs)
                                     .to_vector<float>();
    for (std::size_t i = 0; i < y.size(); ++i) CHECK((i < 16 ? std::isnan(y[i]) : y[i] == 0));
  }
}

TEST_CASE("user code: draws without a seed are where the default device is") {
  for (const char* name : {"cpu", "cuda:0", "cpu"}) {
    const OnDevice where(name);
    CHECK(random::normal({2, 3}).device() == name);
    CHECK((random::uniform({4}) + ops::ones({4})).device() == name);
  }
}

TEST_CASE("user code: a refused value is not assigned") {
  const OnDevice where("cuda:0");
  Variable w(Tensor::of({1.0F, 2.0F, 3.0F}));
  CHECK(error_of<Error>([&] {
          w.assign(ops::take(w.value(), Tensor::of({0, 99, 1})));
          synchronize();
        }).find("99") != std::string::npos);
  CHECK(w.value().to_vector<float>() == std::vector<float>{1, 2, 3});
  w.assign(ops::take(w.value(), Tensor::of({2, 1, 0})));
  CHECK(w.value().to_vector<float>() == std::vector<float>{3, 2, 1});
}

// The last batch has a plan of its own, whose prologue first runs behind the refusal.
TEST_CASE("user code: what plans keep is filled though a batch before was refused") {
  const OnDevice where("cuda:0");
  const Tensor inputs = Input({1}, {.dtype = "int32"});
  Tensor x = layers::Flatten()(layers::Embedding(5, 4)(inputs));
  Model model(inputs, layers::Dense(2)(layers::BatchNormalization()(x)));
  std::vector<int> ids(33, 1);
  const Tensor good = Tensor::from(ids).reshape({33, 1});
  ids[0] = 99;
  const Tensor bad = Tensor::from(ids).reshape({33, 1});
  CHECK_THROWS_AS(model.predict(bad, {.verbose = 0}), Error);
  const std::vector<float> found = Tensor(model.predict(good, {.verbose = 0})).to_vector<float>();
  CHECK(largest_difference(found, Tensor(model(good)).to_vector<float>()) < 1e-5);
}

TEST_CASE("user code: reports of a model that is not on the default device leave it as it is") {
  for (const bool profiled : {false, true}) {
    const OnDevice where("cuda:0");
    const Tensor inputs = Input({4});
    Model model(inputs, layers::Dense(3)(inputs));
    {
      const OnDevice other("cpu");
      model.compile({.optimizer = "adam", .loss = "mse", .metrics = {metrics::AUC()}});
      if (profiled)
        CHECK(model.profile({.batch_size = 2, .steps = 1}) != "");
      else
        CHECK(model.memory_report({.batch_size = 2}).total_bytes() > 0);
    }
    CHECK_NOTHROW(model.fit(rows(8, 4), ops::zeros({8, 3}), {.verbose = 0}));
    CHECK(model.weights()[0].value().device() == "cuda:0");
  }
}

TEST_CASE("user code: a layer's weights are not moved by another device's model") {
  const OnDevice where("cpu");
  auto shared = layers::Dense(2);
  const Tensor first = Input({3});
  Model of_cpu(first, shared(first));
  set_device("cuda:0");
  const Tensor second = Input({3});
  Model of_cuda(second, layers::Dense(40)(shared(second)));
  CHECK(error_of<DeviceError>([&] {
          of_cuda.predict(ops::ones({4, 3}), {.verbose = 0});
        }).find("The variables of one step are on different devices.") == 0);
  CHECK(of_cpu.weights()[0].value().device() == "cpu");
}

TEST_CASE("user code: a report of a batch that fits nowhere is a report") {
  const Tensor inputs = Input({16384});
  Model model(inputs, layers::Dense(2)(inputs));
  model.compile({.optimizer = "sgd", .loss = "mse"});
  const std::size_t before = used_memory_bytes("cpu");
  for (const char* name : {"", "cpu", "cuda"}) {
    const MemoryReport report = model.memory_report({.batch_size = 1 << 24, .device = name});
    CHECK(report.batch_bytes > std::size_t{1} << 40);
  }
  CHECK(used_memory_bytes("cpu") == before);
  CHECK_THROWS_AS(model.memory_report({.device = "cudafoo"}), DeviceError);
}
