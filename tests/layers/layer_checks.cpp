#include "tests/layers/layer_checks.h"

#include <algorithm>
#include <cmath>

#include "core/config_access.hpp"
#include "graph/functional/layer_registry.hpp"

namespace weft::test {

void check_values(const Tensor& received, const Shape& shape, const std::vector<double>& expected,
                  double tolerance) {
  CHECK(received.shape() == shape);
  const std::vector<double> values = received.to_vector<double>();
  REQUIRE(values.size() == expected.size());
  double largest = 0, deviation = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    largest = std::max(largest, std::abs(expected[i]));
    const double d = std::abs(values[i] - expected[i]);
    deviation = std::isnan(d) ? INFINITY : std::max(deviation, d);
  }
  CHECK(deviation <= tolerance * largest);
}

std::string config_text(const AnyLayer& layer) { return detail::to_text(layer->get_config()); }

std::string common_config() {
  return "{'name': 'd', 'trainable': True, 'dtype': {'module': 'keras', 'class_name': "
         "'DTypePolicy', 'config': {'name': "
         "'float32'}, 'registered_name': None}";
}

AnyLayer revived(const AnyLayer& layer) {
  return detail::layer_from_config(detail::serialize_layer(*layer.base()));
}

void check_round_trip(const AnyLayer& layer) {
  const AnyLayer again = revived(layer);
  CHECK(again->class_name() == layer->class_name());
  CHECK(again->module() == "keras.layers");
  CHECK(config_text(again) == config_text(layer));
}

std::vector<float> numbers(std::size_t count, unsigned seed) {
  std::vector<float> out(count);
  std::uint32_t state = seed * 2654435761u + 12345u;
  for (float& v : out) {
    state = state * 1664525u + 1013904223u;
    v = static_cast<float>(state >> 8) / 8388608.0f - 1.0f;
  }
  return out;
}

Tensor random_tensor(const Shape& shape, unsigned seed) {
  return Tensor::from(numbers(static_cast<std::size_t>(shape.size()), seed), shape);
}

}  // namespace weft::test
