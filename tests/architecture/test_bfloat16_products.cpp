// set_float32_matmul_precision("medium"): what the pass makes, what it is worth in digits, and that
// a machine without such products computes as before. The references stand in for its kernels here.
#include <weft/core/backend.h>
#include <weft/core/settings.h>
#include <weft/weft.h>

#include <cmath>
#include <cstdlib>
#include <vector>

#include "graph/plan/dump.hpp"
#include "graph/plan/passes.hpp"
#include "graph/trace/plan_trace.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/largest_difference.h"

using namespace weft;
using test::largest_difference;

namespace {

class Medium {
 public:
  Medium() { set_float32_matmul_precision("medium"); }
  ~Medium() { set_float32_matmul_precision("highest"); }
};

class References {
 public:
  References() { setenv("WEFT_KERNEL", "reference", 1); }
  ~References() { unsetenv("WEFT_KERNEL"); }
};

std::string dump_of_two_products() {
  trace::PlanTrace trace;
  const Tensor x = trace.add_input({Shape({4, 8}), DType::float32});
  const Tensor w = trace.add_input({Shape({8, 3}), DType::float32});
  const Tensor v = trace.add_input({Shape({8, 2}), DType::float32});
  const Tensor b = trace.add_input({Shape({3}), DType::float32});
  const detail::TraceScope active(trace);
  plan::OpGraph g = trace.finish({ops::relu(ops::matmul(x, w) + b), ops::matmul(x, v)});
  plan::PassOptions options = plan::without({}, "all");
  options.bfloat16_products = options.epilogues = true;
  plan::run_passes(g, options, backend("cpu"));
  return plan::dump(g);
}

std::vector<float> weights_after_training() {
  set_random_seed(3);
  const Tensor in = Input({8, 8, 2});
  Tensor x = layers::Conv2D(4, 3, {.activation = "relu"})(in);
  x = layers::Conv2DTranspose(3, 3)(x);
  x = layers::Dense(16, {.activation = "tanh"})(layers::Flatten()(x));
  Model model(in, layers::Dense(5)(x));
  model.compile({.optimizer = optimizers::SGD(0.05),
                 .loss = losses::SparseCategoricalCrossentropy({.from_logits = true})});
  model.fit(random::uniform({32, 8, 8, 2}, {.seed = 1}), random::randint({32}, 0, 5, {.seed = 2}),
            {.batch_size = 8, .epochs = 2, .verbose = 0});
  std::vector<float> out;
  for (const Tensor& w : model.get_weights()) {
    const std::vector<float> values = w.to_vector<float>();
    out.insert(out.end(), values.begin(), values.end());
  }
  return out;
}

}  // namespace

TEST_CASE("pass bfloat16_products: operands are cast once, sums stay float32", "[passes]") {
  const References references;
  const std::string before = dump_of_two_products();
  CHECK(before.find("bfloat16") == std::string::npos);
  const Medium medium;
  CHECK(dump_of_two_products() ==
        "%0 = input 0 float32 (4, 8)\n"
        "%1 = input 1 float32 (8, 3)\n"
        "%2 = input 2 float32 (8, 2)\n"
        "%3 = input 3 float32 (3,)\n"
        "%6 = cast(%0) bfloat16 (4, 8) {'dtype': 'bfloat16'}\n"
        "%7 = cast(%1) bfloat16 (8, 3) {'dtype': 'bfloat16'}\n"
        "%4 = matmul(%6, %7, %3) float32 (4, 3) {'dtype': 'float32', 'activation': 'relu'}\n"
        "%8 = cast(%2) bfloat16 (8, 2) {'dtype': 'bfloat16'}\n"
        "%5 = matmul(%6, %8) float32 (4, 2) {'dtype': 'float32'}\n"
        "return %4, %5\n");
}

TEST_CASE("training at medium precision is training in float32 to two digits", "[passes]") {
  const References references;
  const std::vector<float> exact = weights_after_training();
  const Medium medium;
  const double difference = largest_difference(weights_after_training(), exact);
  CHECK(difference > 1e-7);
  CHECK(difference < 5e-3);
}

TEST_CASE("medium precision by the kernels of this machine", "[passes]") {
  const std::vector<float> exact = weights_after_training();
  const Medium medium;
  CHECK(largest_difference(weights_after_training(), exact) < 5e-3);
}
