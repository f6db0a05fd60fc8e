#include <weft/constraints.h>

#include <cmath>

#include "core/config_access.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Constraints bring weights where they belong", "[layers]") {
  const Tensor w = Tensor::of({{3.0f, 0.3f}, {-4.0f, 0.4f}});  // columns of length 5 and 0.5
  check_values((*constraints::NonNeg())(w), {2, 2}, {3, 0.3, 0, 0.4});
  check_values((*constraints::MaxNorm())(w), {2, 2}, {1.2, 0.3, -1.6, 0.4}, 1e-5);
  check_values((*constraints::UnitNorm())(w), {2, 2}, {0.6, 0.6, -0.8, 0.8}, 1e-5);
  check_values((*constraints::MinMaxNorm({.min_value = 1, .max_value = 2}))(w), {2, 2},
               {1.2, 0.6, -1.6, 0.8}, 1e-5);
  check_values((*constraints::MinMaxNorm({.min_value = 1, .max_value = 2, .rate = 0.5}))(w), {2, 2},
               {2.1, 0.45, -2.8, 0.6}, 1e-5);
  const double r1 = std::hypot(3.0, 0.3), r2 = std::hypot(4.0, 0.4);
  check_values((*constraints::UnitNorm({.axis = {1}}))(w), {2, 2},
               {3 / r1, 0.3 / r1, -4 / r2, 0.4 / r2}, 1e-5);
  const double all = std::sqrt(r1 * r1 + r2 * r2);
  check_values((*constraints::UnitNorm({.axis = {0, 1}}))(w), {2, 2},
               {3 / all, 0.3 / all, -4 / all, 0.4 / all}, 1e-5);
}

TEST_CASE("Constraints write Keras's configs and are revived from them", "[layers]") {
  const auto check = [](const Ref<Constraint>& constraint, const std::string& class_name,
                        const std::string& config) {
    const Config object = serialize(*constraint);
    CHECK(detail::to_text(object) == "{'module': 'keras.constraints', 'class_name': '" +
                                         class_name + "', 'config': " + config +
                                         ", 'registered_name': None}");
    CHECK(detail::to_text(serialize(*constraints::deserialize(object))) == detail::to_text(object));
  };
  check(constraints::MaxNorm(), "MaxNorm", "{'max_value': 2, 'axis': 0}");
  check(constraints::MaxNorm({.max_value = 0.5, .axis = {0, 1, 2}}), "MaxNorm",
        "{'max_value': 0.5, 'axis': [0, 1, 2]}");
  check(constraints::NonNeg(), "NonNeg", "{}");
  check(constraints::UnitNorm(), "UnitNorm", "{'axis': 0}");
  check(constraints::MinMaxNorm(), "MinMaxNorm",
        "{'min_value': 0.0, 'max_value': 1.0, 'rate': 1.0, 'axis': 0}");
  for (const char* id : {"max_norm", "MaxNorm", "non_neg", "unit_norm", "min_max_norm"})
    CHECK(constraints::get(id));
}
