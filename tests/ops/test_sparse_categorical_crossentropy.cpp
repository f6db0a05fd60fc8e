#include <weft/core/op.h>
#include <weft/core/ops/argmax.h>
#include <weft/core/ops/sparse_categorical_crossentropy.h>

#include <limits>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

using Arrays = std::vector<Array>;
const std::vector<DType> integers = {DType::int8,  DType::int16,  DType::int32,  DType::int64,
                                     DType::uint8, DType::uint16, DType::uint32, DType::uint64};

Array loss(const Array& labels, const Array& logits) {
  return build(labels.shape, [&](const Place& p) {
    Place q = p;
    q.push_back(static_cast<std::int64_t>(at(labels, p)));
    const double of_label = at(logits, q);
    double sum = 0;
    for (q.back() = 0; q.back() < logits.shape[-1]; ++q.back())
      sum += std::exp(at(logits, q) - of_label);
    return std::log(sum);
  });
}

/// Labels [n], logits [n, classes] and dloss [n].
Array gradient(const Array& labels, const Array& logits, const Array& dloss) {
  const Array sums = build(labels.shape, [&](const Place& p) {
    double sum = 0;
    for (std::int64_t c = 0; c < logits.shape[1]; ++c) sum += std::exp(at(logits, {p[0], c}));
    return sum;
  });
  return build(logits.shape, [&](const Place& p) {
    const double hit = at(labels, {p[0]}) == static_cast<double>(p[1]) ? 1 : 0;
    return at(dloss, {p[0]}) * (std::exp(at(logits, p)) / at(sums, {p[0]}) - hit);
  });
}

}  // namespace

TEST_CASE("sparse_softmax_crossentropy", "[conformance]") {
  for (const DType labels : integers) {
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

TEST_CASE("sparse_softmax_crossentropy: rows of many sizes, one class, few and many rows",
          "[conformance]") {
  for (const std::int64_t classes : {1, 2, 8, 31, 33, 257, 1000, 1025, 2052}) {
    const std::int64_t rows = classes < 64 ? 257 : 5;
    const Shape of_rows{rows}, of_logits{rows, classes};
    const CaseInput labels{of_rows, DType::int32, 0, static_cast<double>(classes)};
    OpCase c{.op = "sparse_softmax_crossentropy",
             .inputs = {labels, {of_logits}},
             .formula = [](const Arrays& in) { return Arrays{loss(in[0], in[1])}; },
             .gradient = false,
             .output_dtypes = {DType::float32},
             .more_dtypes = {DType::float64, DType::float16, DType::bfloat16}};
    run_case(c);
    c.op = "sparse_softmax_crossentropy_grad";
    c.inputs.push_back({of_rows});
    c.formula = [](const Arrays& in) { return Arrays{gradient(in[0], in[1], in[2])}; };
    c.tolerance = 2e-5;
    run_case(c);
  }
}

TEST_CASE("sparse_log_crossentropy and its gradient at sizes of blocks", "[conformance]") {
  for (const DType dtype : {DType::uint8, DType::int16, DType::uint64}) {
    run_case({.op = "sparse_log_crossentropy",
              .inputs = {{{3}, dtype, 0, 1}, {{3, 1}}},
              .formula =
                  [](const Arrays& in) {
                    return Arrays{build(in[0].shape, [&](const Place& p) {
                      return -at(in[1], {p[0], static_cast<std::int64_t>(at(in[0], p))});
                    })};
                  },
              .output_dtypes = {DType::float32},
              .more_dtypes = {DType::float64, DType::float16, DType::bfloat16},
              .more_shapes = {{{33}, {33, 7}}, {{0}, {0, 3}}}});
    run_case({.op = "sparse_log_crossentropy_grad",
              .inputs = {{{257}, dtype, 0, 33}, {{257}}},
              .attrs = {{"classes", 33}},
              .formula =
                  [](const Arrays& in) {
                    return Arrays{build({in[0].shape[0], 33}, [&](const Place& p) {
                      return at(in[0], {p[0]}) == static_cast<double>(p[1]) ? -at(in[1], {p[0]})
                                                                            : 0;
                    })};
                  },
              .gradient = false,
              .output_dtypes = {DType::float32},
              .more_dtypes = {DType::float64, DType::float16, DType::bfloat16},
              .more_shapes = {{{0}, {0}}, {{1}, {1}}}});
  }
}

TEST_CASE("crossentropy_step has the bits of what it stands for", "[conformance]") {
  for (const DType dtype : {DType::float32, DType::float64, DType::float16, DType::bfloat16}) {
    for (const std::int64_t classes : {1, 3, 10, 1000, 1028}) {
      const Tensor labels =
          make_input({{9}, DType::int32, 0, std::min(5.0, static_cast<double>(classes))});
      // Few values: ties, of which argmax takes the first.
      CaseInput few{{9, classes}, dtype};
      few.values = {1, 0, 1, 2, 0, 2, 2, -1, 0.5, 1, 0};
      const Tensor logits = make_input(few), dloss = make_input({{9}, dtype}, 2);
      const auto both =
          apply(find_op("crossentropy_step"), {labels, logits, dloss}, Config{{"matches", true}});
      const auto alone =
          apply(find_op("crossentropy_step"), {labels, logits}, Config{{"matches", true}});
      const Tensor expected = apply_one("sparse_softmax_crossentropy", {labels, logits});
      REQUIRE(both.size() == 3);
      REQUIRE(alone.size() == 2);
      CHECK(same_bits(both[0].to("cpu"), expected.to("cpu")));
      CHECK(same_bits(
          both[1].to("cpu"),
          apply_one("sparse_softmax_crossentropy_grad", {labels, logits, dloss}).to("cpu")));
      CHECK(same_bits(alone[0].to("cpu"), expected.to("cpu")));
      CHECK(same_bits(alone[1].to("cpu"), both[2].to("cpu")));
      const auto winners = ops::argmax(logits, {.axis = -1}).to_vector<int>(),
                 wanted = labels.to_vector<int>();
      const auto matches = both[2].to_vector<float>();
      for (std::size_t i = 0; i < matches.size(); ++i)
        CHECK(matches[i] == (winners[i] == wanted[i] ? 1.0f : 0.0f));
    }
  }
}

TEST_CASE("crossentropy_step: NaN wins, and makes the row's loss NaN", "[conformance]") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor logits = Tensor::of({{1.f, nan, 3.f, nan}, {4.f, 4.f, 0.f, 1.f}});
  const auto out =
      apply(find_op("crossentropy_step"), {Tensor::of({1, 1}), logits}, Config{{"matches", true}});
  CHECK(out[1].to_vector<float>() == std::vector<float>{1, 0});
  CHECK(std::isnan(out[0].to_vector<float>()[0]));
  CHECK(std::isfinite(out[0].to_vector<float>()[1]));
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
      ops::sparse_categorical_crossentropy(labels, logits, {.from_logits = from_logits})
          .to_vector<float>();
    });
  };
  const std::string text =
      "sparse_categorical_crossentropy: a label is out of range. Expected: 0 <= label < 4 (the "
      "number of classes). Received: ";
  CHECK(error(Tensor::of({0, 4, 1}), true) == text + "4 at row 1");
  CHECK(error(Tensor::of({0, 1, -1}), true) == text + "-1 at row 2");
  CHECK(error(Tensor::of({9, 1, 1}), false) == text + "9 at row 0");
  CHECK(error(Tensor::of({0, 7, 4}), true) == text + "7 at row 1");
  const auto first = std::numeric_limits<std::int32_t>::min();
  CHECK(error(Tensor::of({0, 1, first}), true) ==
        text + "-2147483648, which stands for NaN too, at row 2");
  CHECK(error(Tensor::from(std::vector<std::uint64_t>{1, ~std::uint64_t{0}, 0}), false) ==
        text + "18446744073709551615 at row 1");
  const auto of_op = [&](const char* op, const std::vector<Tensor>& inputs, const Config& attrs) {
    return test::error_of<Error>(
        [&] { apply(find_op(op), inputs, attrs).back().to_vector<float>(); });
  };
  const Tensor bad = Tensor::of({3, 2, -7}), dloss = make_input({{3}});
  CHECK(of_op("sparse_softmax_crossentropy_grad", {bad, logits, dloss}, {}) ==
        text + "-7 at row 2");
  CHECK(of_op("sparse_log_crossentropy_grad", {bad, dloss}, {{"classes", 4}}) ==
        text + "-7 at row 2");
  CHECK(of_op("crossentropy_step", {bad, logits, dloss}, {{"matches", true}}) ==
        text + "-7 at row 2");
  // Many rows: the first that is wrong is named.
  std::vector<int> many(1000, 0);
  many[900] = -1;
  many[400] = 2;
  CHECK(test::error_of<Error>([&] {
          apply_one("sparse_softmax_crossentropy", {Tensor::from(many), make_input({{1000, 1}})})
              .to_vector<float>();
        }) ==
        "sparse_categorical_crossentropy: a label is out of range. Expected: 0 <= label < 1 (the "
        "number of classes). Received: 2 at row 400");
  CHECK(test::error_of<ShapeError>([&] {
          ops::sparse_categorical_crossentropy(Tensor::of({0, 1}), logits, {.from_logits = true});
        }) ==
        "sparse_categorical_crossentropy: labels and logits do not fit. Expected: labels.shape == "
        "logits.shape[:-1]. Received: "
        "labels.shape=(2,), logits.shape=(3, 4)");
}

}  // namespace weft::testing
