#include <weft/regularizers.h>

#include "core/config_access.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Regularizers sum up what weights cost", "[layers]") {
  const Tensor w = Tensor::of({{1.0f, -2.0f}, {3.0f, 0.0f}});
  CHECK((*regularizers::L1(0.5))(w).item() == Approx(3.0));
  CHECK((*regularizers::L2(0.5))(w).item() == Approx(7.0));
  CHECK((*regularizers::L2())(w).item() == Approx(0.14));
  CHECK((*regularizers::L1L2({.l1 = 1, .l2 = 0.5}))(w).item() == Approx(13.0));
  CHECK((*regularizers::L1L2({.l2 = 0.5}))(w).item() == Approx(7.0));
  CHECK((*regularizers::get("l1_l2"))(w).item() == 0.0f);
  CHECK((*regularizers::L1())(w).shape() == Shape{});
}

TEST_CASE("Regularizers write Keras's configs and are revived from them", "[layers]") {
  const auto check = [](const Ref<Regularizer>& regularizer, const std::string& class_name,
                        const std::string& config) {
    const Config object = serialize(*regularizer);
    CHECK(detail::to_text(object) == "{'module': 'keras.regularizers', 'class_name': '" +
                                         class_name + "', 'config': " + config +
                                         ", 'registered_name': None}");
    CHECK(detail::to_text(serialize(*regularizers::deserialize(object))) ==
          detail::to_text(object));
  };
  check(regularizers::L1(), "L1", "{'l1': 0.009999999776482582}");  // Keras keeps it in float32
  check(regularizers::L2(0.02), "L2", "{'l2': 0.02}");
  check(regularizers::L1L2({.l1 = 0.1, .l2 = 0.2}), "L1L2", "{'l1': 0.1, 'l2': 0.2}");
  CHECK_FALSE(regularizers::deserialize(nullptr));
  for (const char* id : {"l1", "L1", "l2", "L2", "l1_l2", "L1L2"}) CHECK(regularizers::get(id));
}
