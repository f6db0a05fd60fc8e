// set_float32_matmul_precision("medium") on a backend without products in bfloat16.
#include <weft/core/log.h>
#include <weft/core/ops/conv.h>
#include <weft/core/ops/matmul.h>
#include <weft/core/random.h>
#include <weft/core/settings.h>
#include <weft/graph/trace/traced.h>

#include <string>
#include <vector>

#include "backends/cpu/bfloat16.hpp"
#include "tests/harness/catch.h"

using namespace weft;

TEST_CASE("medium changes no bit, and the log says so once", "[log]") {
  if (cpu::has_bfloat16_products()) return;  // what it changes: architecture/test_bfloat16_products
  const Tensor image = random::normal({2, 8, 8, 3}, {.seed = 1}),
               window = random::normal({3, 3, 3, 4}, {.seed = 2}),
               a = random::normal({5, 6}, {.seed = 3}), b = random::normal({6, 7}, {.seed = 4});
  auto conv = traced([&](const Tensor& x) { return ops::conv(x, window); });
  auto product = traced([&](const Tensor& x) { return ops::matmul(x, b); });
  const auto convolved = conv(image).to_vector<float>(), multiplied = product(a).to_vector<float>();
  std::vector<std::string> said;
  set_log_sink([&](LogLevel level, std::string_view text) {
    if (level == LogLevel::warning) said.emplace_back(text);
  });
  set_float32_matmul_precision("medium");
  CHECK(said.empty());
  CHECK(conv(image).to_vector<float>() == convolved);
  CHECK(said.size() == 1);
  CHECK(product(a).to_vector<float>() == multiplied);
  set_float32_matmul_precision("highest");
  set_log_sink({});
  REQUIRE(said.size() == 1);
  CHECK_THAT(said[0], Catch::Matchers::Contains("\"medium\") changes nothing here"));
}
