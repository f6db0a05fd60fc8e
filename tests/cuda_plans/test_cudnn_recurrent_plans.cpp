// lstm and gru through cuDNN in eager calls, in plans and in a model's training: what lies in the
// reserve comes whole from the one kernel to the other.
#include <weft/core/device.h>
#include <weft/weft.h>

#include "tests/cuda_plans/device_memory.h"
#include "tests/cuda_plans/recurrent_on_host.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/op_case.h"

namespace weft::testing {
namespace {

using Catch::Matchers::Contains;

/// The default device for a scope.
struct OnDevice {
  explicit OnDevice(const std::string& name) { set_device(name); }
  ~OnDevice() { set_device("cpu"); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
};

OpCase op_case(bool gru, bool sequences, bool backwards) {
  constexpr std::int64_t n = 2, t = 3, i = 2, h = 3;
  const std::int64_t columns = (gru ? 3 : 4) * h;
  OpCase c;
  c.op = gru ? "gru" : "lstm";
  const auto add = [&](const Shape& shape) { c.inputs.push_back({shape, DType::float32, -1, 1}); };
  add({n, t, i});
  for (int state = 0; state < (gru ? 1 : 2); ++state) add({n, h});
  add({i, columns});
  add({h, columns});
  add(gru ? Shape{2, columns} : Shape{columns});
  c.attrs = {{"activation", "tanh"},
             {"recurrent_activation", "sigmoid"},
             {"return_sequences", sequences},
             {"go_backwards", backwards},
             {"use_bias", true}};
  if (gru) c.attrs.set("reset_after", true);
  c.more_dtypes = {DType::float64, DType::float16, DType::bfloat16};
  return c;
}

/// What is trained from the same numbers everywhere.
Model trained(bool masks) {
  set_random_seed(3);
  Tensor in = Input({5});
  Tensor x = layers::Embedding(9, 3, {.mask_zero = masks})(in);
  x = layers::LSTM(4, {.return_sequences = true})(x);
  x = layers::GRU(3, {.go_backwards = true})(x);
  Model model(in, layers::Dense(1)(x));
  model.compile({.optimizer = optimizers::SGD({.learning_rate = 0.1}), .loss = "mse"});
  const Tensor data = random::randint({12, 5}, 0, 9, {.seed = 1}),
               target = random::uniform({12, 1}, {.seed = 2});
  model.fit(data, target, {.batch_size = 4, .epochs = 2, .verbose = 0, .shuffle = false});
  return model;
}

}  // namespace

TEST_CASE("cudnn: lstm and gru eagerly and in plans, and by finite differences",
          "[cuda_cudnn_runs]") {
  const OnDevice on(device().device());
  for (const bool gru : {false, true}) {
    for (const bool sequences : {false, true}) {
      const std::size_t before = test::recurrent_calls().weights;
      run_case(op_case(gru, sequences, gru));
      CHECK(test::recurrent_calls().weights > before);
    }
  }
}

TEST_CASE("cudnn: a model with lstm and gru trains as on the CPU", "[cuda_cudnn_runs]") {
  const auto weights = [](const Model& model) {
    std::vector<Array> all;
    for (const Tensor& t : model.get_weights()) all.push_back(to_array(t));
    return all;
  };
  const std::vector<Array> expected = weights(trained(false));
  const OnDevice on(device().device());
  const Model model = trained(false);
  const std::vector<Array> received = weights(model);
  REQUIRE(received.size() == expected.size());
  for (std::size_t i = 0; i < received.size(); ++i)
    check_close(received[i], expected[i], 1e-5, "variable " + std::to_string(i));
  const std::string dump = model.dump_plan();
  for (const char* kernel : {"lstm/cudnn", "lstm_grad/cudnn", "gru/cudnn", "gru_grad/cudnn"})
    CHECK_THAT(dump, Contains(kernel));
}

TEST_CASE("cudnn: a plan says why it is not for masked sequences", "[cuda_cudnn_runs]") {
  const OnDevice on(device().device());
  const std::string dump = trained(true).dump_plan();
  const std::string reason =
      "(cudnn: a mask lies on the device, and it wants lengths on the host: each step would wait)";
  for (const char* kernel : {"lstm/plain ", "lstm_grad/plain "})
    CHECK_THAT(dump, Contains(kernel + reason));
}

}  // namespace weft::testing
