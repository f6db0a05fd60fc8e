#include "tests/training/training_checks.h"

#include <cmath>

#include "tests/harness/catch.h"

namespace weft::test {

void check(const std::vector<double>& received, const std::vector<double>& expected,
           const std::string& what) {
  REQUIRE(received.size() == expected.size());
  for (std::size_t i = 0; i < received.size(); ++i) {
    INFO(what << " " << i << ": " << received[i] << ", expected " << expected[i]);
    CHECK(std::abs(received[i] - expected[i]) <= 2e-6 * std::max(1.0, std::abs(expected[i])));
  }
}

void check(const Tensor& received, const std::vector<double>& expected, const std::string& what) {
  check(received.to_vector<double>(), expected, what);
}

}  // namespace weft::test
