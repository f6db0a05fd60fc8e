#include <weft/layers/constraints/unit_norm.h>
#include <weft/layers/embedding.h>
#include <weft/layers/regularizers/l1_l2.h>

#include <cmath>

#include "core/access.hpp"
#include "tests/layers/layer_checks.h"

using namespace weft;
using namespace weft::test;

TEST_CASE("Embedding picks rows, whatever dtype the ids have", "[layers]") {
  layers::Embedding embedding(3, 2,
                              {.weights = Tensor::of({{1.0f, 2.0f}, {3.0f, 4.0f}, {5.0f, 6.0f}})});
  const std::vector<double> rows = {5, 6, 1, 2, 3, 4, 3, 4};
  check_values(embedding(Tensor::of({{2, 0}, {1, 1}})), {2, 2, 2}, rows);
  check_values(embedding(Tensor::of({{2.0f, 0.0f}, {1.0f, 1.0f}})), {2, 2, 2}, rows);
  check_values(embedding(Tensor::of({{2, 0}, {1, 1}}).astype("int64")), {2, 2, 2}, rows);
  check_values(embedding(Tensor::of({{2, 0}, {1, 1}}).astype("uint8")), {2, 2, 2}, rows);
  CHECK(embedding->embeddings().name() == "embeddings");
}

TEST_CASE("Embedding adds a dimension, and its table does not depend on the input", "[layers]") {
  layers::Embedding embedding(100, 8);
  CHECK(embedding(Input({None})).shape() == Shape{None, None, 8});
  CHECK(embedding(Input({})).shape() == Shape{None, 8});
  CHECK(embedding->count_params() == 800);
  for (float v : embedding->embeddings().value().to_vector<float>()) REQUIRE(std::abs(v) <= 0.05f);
}

TEST_CASE("Embedding with mask_zero says which steps count", "[layers]") {
  const Tensor ids = Tensor::of({{2, 0}, {0, 1}});
  const Tensor y = layers::Embedding(3, 2, {.mask_zero = true})(ids);
  const auto mask = detail::keras_mask(y);
  REQUIRE(mask);
  CHECK(mask->dtype() == DType::boolean);
  check_values(*mask, {2, 2}, {1, 0, 0, 1});
  CHECK_FALSE(detail::keras_mask(layers::Embedding(3, 2)(ids)));
}

TEST_CASE("Embedding writes Keras's config and is revived from it", "[layers]") {
  layers::Embedding embedding(10, 3,
                              {.embeddings_regularizer = regularizers::L1L2({.l1 = 0.1, .l2 = 0.2}),
                               .mask_zero = true,
                               .name = "d"});
  CHECK(config_text(embedding) ==
        common_config() +
            ", 'input_dim': 10, 'output_dim': 3, 'embeddings_initializer': {'module': "
            "'keras.initializers', 'class_name': "
            "'RandomUniform', 'config': {'seed': None, 'minval': -0.05, 'maxval': 0.05}, "
            "'registered_name': None}, "
            "'embeddings_regularizer': {'module': 'keras.regularizers', 'class_name': 'L1L2', "
            "'config': {'l1': 0.1, 'l2': 0.2}, "
            "'registered_name': None}, 'activity_regularizer': None, 'embeddings_constraint': "
            "None, 'mask_zero': True}");
  check_round_trip(embedding);
  check_round_trip(
      layers::Embedding(10, 3, {.embeddings_constraint = constraints::UnitNorm({.axis = {1}})}));
}

TEST_CASE("Embedding names the id, the vocabulary and itself when an id is out of range",
          "[errors]") {
  layers::Embedding words(10, 3, {.name = "words"});
  const auto text = [](const std::string& received) {
    return "Embedding layer 'words': a token id is out of range. Expected: 0 <= id < 10 "
           "(input_dim, the size of the vocabulary). Received: " +
           received;
  };
  const auto error = [&](const Tensor& ids) {
    return error_of<Error>([&] { words(ids).to_vector<float>(); });
  };
  CHECK_THAT(error(Tensor::of({{1, 2}, {10, 3}})),
             Catch::Matchers::Contains(text("10 (id number 2)")));
  CHECK_THAT(error(Tensor::of({{1, -1}})), Catch::Matchers::Contains(text("-1 (id number 1)")));
  CHECK_THAT(error(Tensor::of({{0.0f, 12.0f}})),
             Catch::Matchers::Contains(text("12 (id number 1)")));
}
