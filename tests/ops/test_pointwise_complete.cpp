#include <generated/pointwise_all.h>

#include <algorithm>
#include <set>
#include <string>

#include "tests/harness/catch.h"
#include "tests/ops/pointwise_cases.h"

namespace weft::testing {
namespace {

template <class... Functors>
std::vector<std::string> names_of(TypeList<Functors...>) {
  return {Functors::name...};
}

}  // namespace

TEST_CASE("every pointwise op has a conformance case", "[conformance]") {
  std::set<std::string> covered;
  for (const auto& group : {binary_cases(), integer_cases(), comparison_cases(), unary_cases(),
                            activation_cases(), where_cases()}) {
    for (const OpCase& c : group) covered.insert(c.op);
  }
  const std::vector<std::string> names = names_of(PointwiseFunctors{});
  CHECK(names.size() >= 60);
  for (const std::string& name : names) {
    INFO(name << " has no case in tests/ops/test_pointwise_*.cpp");
    CHECK(covered.count(name) == 1);
  }
}

}  // namespace weft::testing
