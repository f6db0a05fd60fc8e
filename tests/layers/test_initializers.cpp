#include <weft/core/random.h>
#include <weft/initializers.h>

#include <algorithm>
#include <cmath>

#include "core/config_access.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

namespace {

struct Spread {
  double mean = 0, stddev = 0, largest = 0;
};

Spread spread(const Ref<Initializer>& initializer, const Shape& shape) {
  const auto values = (*initializer)(shape, DType::float32).to_vector<double>();
  Spread s;
  for (double v : values) s.mean += v / static_cast<double>(values.size());
  for (double v : values) {
    s.stddev += (v - s.mean) * (v - s.mean) / static_cast<double>(values.size());
    s.largest = std::max(s.largest, std::abs(v));
  }
  s.stddev = std::sqrt(s.stddev);
  return s;
}

std::vector<float> values(const Ref<Initializer>& initializer, const Shape& shape) {
  return (*initializer)(shape, DType::float32).to_vector<float>();
}

}  // namespace

TEST_CASE("Constant initializers fill", "[layers]") {
  check_values((*initializers::Zeros())({2, 2}, DType::float32), {2, 2}, {0, 0, 0, 0});
  check_values((*initializers::Ones())({3}, DType::int32), {3}, {1, 1, 1});
  check_values((*initializers::Constant(2.5))({2}, DType::float32), {2}, {2.5, 2.5});
  check_values((*initializers::Constant(Tensor::from({1.0f, 2.0f})))({2, 2}, DType::float32),
               {2, 2}, {1, 2, 1, 2});
  check_values((*initializers::Identity({.gain = 2}))({2, 3}, DType::float32), {2, 3},
               {2, 0, 0, 0, 2, 0});
}

TEST_CASE("Variance scaling follows Keras's fans", "[layers]") {
  // Dense [200, 300]; convolution [3, 3, 20, 30]: fan_in 180, fan_out 270.
  const Shape dense = {200, 300}, convolution = {3, 3, 20, 30};
  const auto uniform = [](double limit, const Spread& s) {
    CHECK(s.largest <= limit);
    CHECK(s.largest > 0.99 * limit);
    CHECK(s.stddev == Approx(limit / std::sqrt(3.0)).epsilon(0.03));
    CHECK(std::abs(s.mean) < 0.03 * limit);
  };
  const auto normal = [](double stddev, const Spread& s) {
    CHECK(s.stddev == Approx(stddev).epsilon(0.03));
    CHECK(s.largest <= 2 * stddev / 0.8796 * 1.0001);
    CHECK(std::abs(s.mean) < 0.06 * stddev);
  };
  uniform(std::sqrt(6.0 / 500), spread(initializers::GlorotUniform({.seed = 1}), dense));
  uniform(std::sqrt(6.0 / 450), spread(initializers::GlorotUniform({.seed = 1}), convolution));
  uniform(std::sqrt(6.0 / 200), spread(initializers::HeUniform({.seed = 1}), dense));
  uniform(std::sqrt(3.0 / 180), spread(initializers::LecunUniform({.seed = 1}), convolution));
  normal(std::sqrt(2.0 / 500), spread(initializers::GlorotNormal({.seed = 1}), dense));
  normal(std::sqrt(2.0 / 180), spread(initializers::HeNormal({.seed = 1}), convolution));
  normal(std::sqrt(1.0 / 200), spread(initializers::LecunNormal({.seed = 1}), dense));
  uniform(std::sqrt(3.0 * 2 / 300),
          spread(initializers::VarianceScaling(
                     {.scale = 2, .mode = "fan_out", .distribution = "uniform", .seed = 1}),
                 dense));
  uniform(std::sqrt(3.0 / 300),
          spread(initializers::VarianceScaling(
                     {.distribution = "uniform", .seed = 1, .input_axes = {1}, .output_axes = {0}}),
                 dense));
}

TEST_CASE("Random initializers have the distributions that they are told", "[layers]") {
  const Spread normal =
      spread(initializers::RandomNormal({.mean = 1, .stddev = 0.5, .seed = 2}), {200, 200});
  CHECK(normal.mean == Approx(1).epsilon(0.02));
  CHECK(normal.stddev == Approx(0.5).epsilon(0.02));
  CHECK(normal.largest > 2.2);
  const Spread cut = spread(initializers::TruncatedNormal({.stddev = 0.5, .seed = 2}), {200, 200});
  CHECK(cut.largest <= 1.00001);
  CHECK(cut.stddev == Approx(0.5 * 0.87962566).epsilon(0.02));
  const Spread uniform =
      spread(initializers::RandomUniform({.minval = 0, .maxval = 1, .seed = 2}), {200, 200});
  CHECK(uniform.mean == Approx(0.5).epsilon(0.02));
  CHECK(uniform.largest < 1);
}

TEST_CASE("An initializer gives the same values with every call, and the seed decides which",
          "[layers]") {
  const initializers::HeNormal a({.seed = 5}), b({.seed = 5}), c({.seed = 6}), unseeded, other;
  CHECK(values(a, {4, 4}) == values(a, {4, 4}));
  CHECK(values(a, {4, 4}) == values(b, {4, 4}));
  CHECK(values(a, {4, 4}) != values(c, {4, 4}));
  CHECK(values(unseeded, {4, 4}) == values(unseeded, {4, 4}));
  CHECK(values(unseeded, {4, 4}) != values(other, {4, 4}));
  set_random_seed(11);
  const auto first = values(initializers::GlorotUniform(), {4, 4});
  set_random_seed(11);
  CHECK(values(initializers::GlorotUniform(), {4, 4}) == first);
}

TEST_CASE("Orthogonal gives orthogonal columns, or rows when there are more columns", "[layers]") {
  for (const Shape& shape : {Shape{6, 4}, Shape{4, 6}, Shape{2, 3, 4}}) {
    const auto q = (*initializers::Orthogonal({.gain = 2, .seed = 1}))(shape, DType::float32)
                       .to_vector<double>();
    const auto columns = static_cast<std::size_t>(static_cast<std::int64_t>(shape[-1]));
    const std::size_t rows = q.size() / columns, count = std::min(rows, columns),
                      length = std::max(rows, columns);
    const auto at = [&](std::size_t vector, std::size_t i) {
      return rows < columns ? q[vector * columns + i] : q[i * columns + vector];
    };
    for (std::size_t a = 0; a < count; ++a) {
      for (std::size_t b = 0; b < count; ++b) {
        double product = 0;
        for (std::size_t i = 0; i < length; ++i) product += at(a, i) * at(b, i);
        CHECK(product == Approx(a == b ? 4.0 : 0.0).margin(1e-5));
      }
    }
  }
}

TEST_CASE("Initializers are known by Keras's identifiers", "[layers]") {
  const std::pair<const char*, const char*> ids[] = {{"zeros", "Zeros"},
                                                     {"zero", "Zeros"},
                                                     {"ones", "Ones"},
                                                     {"one", "Ones"},
                                                     {"constant", "Constant"},
                                                     {"normal", "RandomNormal"},
                                                     {"random_normal", "RandomNormal"},
                                                     {"uniform", "RandomUniform"},
                                                     {"random_uniform", "RandomUniform"},
                                                     {"truncated_normal", "TruncatedNormal"},
                                                     {"variance_scaling", "VarianceScaling"},
                                                     {"glorot_uniform", "GlorotUniform"},
                                                     {"GlorotUniform", "GlorotUniform"},
                                                     {"glorot_normal", "GlorotNormal"},
                                                     {"he_normal", "HeNormal"},
                                                     {"he_uniform", "HeUniform"},
                                                     {"lecun_normal", "LecunNormal"},
                                                     {"lecun_uniform", "LecunUniform"},
                                                     {"identity", "Identity"},
                                                     {"orthogonal", "Orthogonal"},
                                                     {"OrthogonalInitializer", "Orthogonal"},
                                                     {"IdentityInitializer", "Identity"}};
  for (const auto& [id, class_name] : ids) CHECK(initializers::get(id)->class_name() == class_name);
}

TEST_CASE("Initializers write Keras's configs and are revived from them", "[layers]") {
  const auto check = [](const Ref<Initializer>& initializer, const std::string& class_name,
                        const std::string& config) {
    const Config object = serialize(*initializer);
    CHECK(detail::to_text(object) == "{'module': 'keras.initializers', 'class_name': '" +
                                         class_name + "', 'config': " + config +
                                         ", 'registered_name': None}");
    CHECK(detail::to_text(serialize(*initializers::deserialize(object))) ==
          detail::to_text(object));
  };
  check(initializers::Zeros(), "Zeros", "{}");
  check(initializers::Constant(2.0), "Constant", "{'value': 2.0}");
  check(initializers::Constant(Tensor::of({{1.0f, 2.0f}})), "Constant",
        "{'value': {'class_name': '__numpy__', 'config': {'value': [[1.0, 2.0]], 'dtype': "
        "'float32'}}}");
  check(initializers::RandomNormal({.seed = 3}), "RandomNormal",
        "{'seed': 3, 'mean': 0.0, 'stddev': 0.05}");
  check(initializers::RandomUniform(), "RandomUniform",
        "{'seed': None, 'minval': -0.05, 'maxval': 0.05}");
  check(initializers::TruncatedNormal(), "TruncatedNormal",
        "{'seed': None, 'mean': 0.0, 'stddev': 0.05}");
  check(initializers::VarianceScaling(), "VarianceScaling",
        "{'seed': None, 'scale': 1.0, 'mode': 'fan_in', 'distribution': 'truncated_normal'}");
  check(initializers::GlorotUniform({.seed = 2}), "GlorotUniform", "{'seed': 2}");
  check(initializers::Identity(), "Identity", "{}");
  check(initializers::Orthogonal(), "Orthogonal", "{'seed': None, 'gain': 1.0}");
  // What Keras 3.15 writes has two more keys.
  const Config newer = {{"seed", nullptr}, {"input_axes", nullptr}, {"output_axes", nullptr}};
  CHECK(initializers::deserialize(Config{{"class_name", "HeNormal"}, {"config", newer}})
            ->class_name() == "HeNormal");
}
