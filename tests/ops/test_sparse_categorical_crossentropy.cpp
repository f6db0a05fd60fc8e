#include <weft/core/ops/sparse_categorical_crossentropy.h>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

Array loss(const Array& labels, const Array& logits) {
  return build(labels.shape, [&](const Place& p) {
    Place q = p;
    q.push_back(0);
    double sum = 0;
    for (; q.back() < logits.shape[-1]; ++q.back()) sum += std::exp(at(logits, q));
    q.back() = static_cast<std::int64_t>(at(labels, p));
    return std::log(sum) - at(logits, q);
  });
}

}  // namespace

TEST_CASE("sparse_softmax_crossentropy", "[conformance]") {
  for (const DType labels : {DType::int32, DType::int64, DType::uint8, DType::int8}) {
    run_case(
        {.op = "sparse_softmax_crossentropy",
         .inputs = {{{4}, labels, 0, 3}, {{4, 3}}},
         .formula =
             [](const std::vector<Array>& in) { return std::vector<Array>{loss(in[0], in[1])}; },
         .output_dtypes = {DType::float32},
         .more_dtypes = {DType::float64, DType::float16, DType::bfloat16},
         .more_shapes = {{{1}, {1, 3}}, {{2, 5}, {2, 5, 7}}, {{0}, {0, 3}}, {{}, {4}}}});
  }
}

TEST_CASE("sparse_categorical_crossentropy: from probabilities, (N, 1) labels, floating labels",
          "[conformance]") {
  CaseInput p{{3, 4}, DType::float32, 0.1, 1};
  run_function(
      {.name = "sparse_categorical_crossentropy",
       .inputs = {{{3}, DType::int32, 0, 4}, p},
       .function =
           [](const std::vector<Tensor>& in) {
             return ops::sparse_categorical_crossentropy(in[0], in[1]);
           },
       .formula =
           [](const std::vector<Array>& in) {
             return build({3}, [&](const Place& q) {
               double sum = 0;
               for (std::int64_t c = 0; c < 4; ++c) sum += at(in[1], {q[0], c});
               return -std::log(at(in[1], {q[0], static_cast<std::int64_t>(at(in[0], q))}) / sum);
             });
           }});
  const Tensor logits = make_input({{3, 4}});
  const Tensor plain =
      ops::sparse_categorical_crossentropy(Tensor::of({1, 0, 3}), logits, {.from_logits = true});
  CHECK(same_bits(ops::sparse_categorical_crossentropy(Tensor::of({{1.f}, {0.f}, {3.f}}), logits,
                                                       {.from_logits = true}),
                  plain));
  CHECK(ops::sparse_categorical_crossentropy(Tensor::of({0}), Tensor::of({{1.f, 0.f}})).item() ==
        Approx(1e-7).epsilon(0.3));
}

TEST_CASE("sparse_softmax_crossentropy of huge logits is finite", "[conformance]") {
  const Tensor y = ops::sparse_categorical_crossentropy(
      Tensor::of({0, 1}), Tensor::of({{1e4f, 0.f}, {1e4f, 0.f}}), {.from_logits = true});
  CHECK(y.to_vector<float>() == std::vector<float>{0, 1e4f});
}

TEST_CASE("labels that are out of range or do not fit are refused", "[errors]") {
  const Tensor logits = make_input({{3, 4}});
  const auto error = [&](const Tensor& labels, bool from_logits) {
    return test::error_of<Error>([&] {
      ops::sparse_categorical_crossentropy(labels, logits, {.from_logits = from_logits});
    });
  };
  const std::string text =
      "sparse_categorical_crossentropy: a label is out of range. Expected: 0 <= label < 4 (the "
      "number of classes). Received: ";
  CHECK(error(Tensor::of({0, 4, 1}), true) == text + "4 at row 1");
  CHECK(error(Tensor::of({0, 1, -1}), true) == text + "-1 at row 2");
  CHECK(error(Tensor::of({9, 1, 1}), false) == text + "9 at row 0");
  CHECK(test::error_of<ShapeError>([&] {
          ops::sparse_categorical_crossentropy(Tensor::of({0, 1}), logits, {.from_logits = true});
        }) ==
        "sparse_categorical_crossentropy: labels and logits do not fit. Expected: labels.shape == "
        "logits.shape[:-1]. Received: "
        "labels.shape=(2,), logits.shape=(3, 4)");
}

}  // namespace weft::testing
