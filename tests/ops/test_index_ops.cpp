// take, take_along_axis, one_hot, argmax, argsort, top_k, in_top_k, cumsum.
#include <weft/core/ops/argmax.h>
#include <weft/core/ops/cumsum.h>
#include <weft/core/ops/one_hot.h>
#include <weft/core/ops/sort.h>
#include <weft/core/ops/take.h>
#include <weft/core/ops/take_along_axis.h>

#include <limits>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

using Arrays = std::vector<Array>;
const std::vector<DType> floats = {DType::float64, DType::float16, DType::bfloat16};

}  // namespace

TEST_CASE("take: rows by index, duplicates and negative ones", "[conformance]") {
  for (const int axis : {0, 1, -1}) {
    const int place = axis < 0 ? axis + 3 : axis;
    for (const DType dtype : {DType::int32, DType::int64, DType::uint8, DType::int8}) {
      const bool negative = !(dtype == DType::uint8);
      CaseInput indices{{2, 2}, dtype};
      indices.values = {1, 0, negative ? -1.0 : 1.0, 1};
      run_case({.op = "take",
                .inputs = {{{3, 2, 4}}, indices},
                .attrs = {{"axis", axis}},
                .formula =
                    [=](const Arrays& in) {
                      const Shape& s = in[0].shape;
                      Shape shape;
                      for (int i = 0; i < 3; ++i) {
                        if (i != place) {
                          shape.push_back(s[i]);
                        } else {
                          for (Dim d : in[1].shape) shape.push_back(d);
                        }
                      }
                      return Arrays{build(shape, [&](const Place& p) {
                        const auto at_axis = static_cast<std::size_t>(place);
                        const auto width = static_cast<std::size_t>(in[1].shape.rank());
                        Place index(p.begin() + place,
                                    p.begin() + place + static_cast<std::ptrdiff_t>(width)),
                            from;
                        for (std::size_t i = 0; i < at_axis; ++i) from.push_back(p[i]);
                        const auto row = static_cast<std::int64_t>(at(in[1], index));
                        from.push_back(row < 0 ? row + static_cast<std::int64_t>(s[place]) : row);
                        for (std::size_t i = at_axis + width; i < p.size(); ++i)
                          from.push_back(p[i]);
                        return at(in[0], from);
                      })};
                    },
                .second_order = true,
                .more_dtypes = floats,
                .more_shapes = {{{3, 2, 4}, {}}, {{5, 7, 3}, {9}}, {{3, 2, 4}, {0}}}});
    }
  }
}

TEST_CASE("take and take_along_axis refuse indices out of range", "[errors]") {
  const Tensor x = make_input({{3, 2}});
  CHECK(test::error_of<Error>([&] {
          ops::take(x, Tensor::of({0, 3}), 0);
        }) ==
        "take: an index is out of range. Expected: -3 <= index < 3. Received: 3 (index number 1)");
  CHECK(test::error_of<Error>([&] {
          ops::take_along_axis(x, Tensor::of({{0, 1}, {-4, 0}}), 0);
        }) ==
        "take_along_axis: an index is out of range. Expected: -3 <= index < 3. Received: -4 (index "
        "number 2)");
  CHECK(test::error_of<DtypeError>([&] { ops::take(x, Tensor::of({0.5f}), 0); }) ==
        "take: indices are no integers. Expected: an integer dtype. Received: float32");
}

TEST_CASE("take_along_axis", "[conformance]") {
  for (const int axis : {0, 1}) {
    CaseInput indices{axis == 0 ? Shape{4, 3} : Shape{2, 4}, DType::int32, 0, 2};
    run_case({.op = "take_along_axis",
              .inputs = {{{2, 3}}, indices},
              .attrs = {{"axis", axis}},
              .formula =
                  [=](const Arrays& in) {
                    return Arrays{build(in[1].shape, [&](Place p) {
                      p[static_cast<std::size_t>(axis)] = static_cast<std::int64_t>(at(in[1], p));
                      return at(in[0], p);
                    })};
                  },
              .second_order = true,
              .abstract = false,
              .more_dtypes = floats});
  }
}

TEST_CASE("one_hot", "[conformance]") {
  for (const DType from : {DType::int32, DType::int64, DType::uint8}) {
    run_case({.op = "one_hot",
              .inputs = {{{2, 3}, from, 0, 6}},  // 4 and 5 are out of range: rows of zeros
              .attrs = {{"num_classes", 4}, {"axis", -1}, {"dtype", "float32"}},
              .formula =
                  [](const Arrays& in) {
                    return Arrays{build({in[0].shape[0], in[0].shape[1], 4}, [&](const Place& p) {
                      return at(in[0], {p[0], p[1]}) == static_cast<double>(p[2]) ? 1.0 : 0.0;
                    })};
                  },
              .gradient = false,
              .output_dtypes = {DType::float32},
              .more_shapes = {{{1, 1}}, {{0, 3}}}});
  }
  CHECK(ops::one_hot(Tensor::of({0, 2}), 3, {.axis = 0, .dtype = "int32"}).to_vector<int>() ==
        std::vector<int>{1, 0, 0, 0, 0, 1});
  CHECK(ops::one_hot(Tensor::of({-1, 1}), 2).to_vector<float>() == std::vector<float>{0, 0, 0, 1});
}

TEST_CASE("argmax and argmin: the first winner", "[conformance]") {
  for (const int axis : {0, 1, 2}) {
    const auto a = static_cast<std::size_t>(axis);
    for (const bool largest : {true, false}) {
      run_case({.op = largest ? "argmax" : "argmin",
                .inputs = {{{2, 5, 3}, DType::int32, 0, 4}},  // few values: ties
                .attrs = {{"axis", {axis}}, {"keepdims", true}},
                .formula =
                    [=](const Arrays& in) {
                      Shape shape = in[0].shape;
                      shape.set(axis, 1);
                      return Arrays{build(shape, [&](Place p) {
                        std::int64_t best = 0;
                        double value = at(in[0], p);
                        for (std::int64_t i = 1; i < in[0].shape[axis]; ++i) {
                          p[a] = i;
                          const double x = at(in[0], p);
                          if (largest ? x > value : x < value) best = i, value = x;
                        }
                        return static_cast<double>(best);
                      })};
                    },
                .gradient = false,
                .output_dtypes = {DType::int32},
                .more_shapes = {{{1, 1, 1}}, {{3, 17, 2}}}});
    }
  }
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK(ops::argmax(Tensor::of({1.f, nan, 3.f})).item<int>() == 1);
  CHECK(ops::argmax(Tensor::of({{1, 5}, {7, 2}})).item<int>() == 2);
  CHECK(ops::argmax(Tensor::of({{1, 5}, {7, 2}}), {.axis = -1}).to_vector<int>() ==
        std::vector<int>{1, 0});
}

TEST_CASE("argsort, sort, top_k and in_top_k", "[conformance]") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = Tensor::of({{3.f, 1.f, 2.f, 1.f}, {0.f, nan, -1.f, 5.f}});
  CHECK(ops::argsort(x).to_vector<int>() == std::vector<int>{1, 3, 2, 0, 2, 0, 3, 1});
  CHECK(ops::argsort(x, 0).to_vector<int>() == std::vector<int>{1, 0, 1, 0, 0, 1, 0, 1});
  CHECK(ops::sort(Tensor::of({3, 1, 2})).to_vector<int>() == std::vector<int>{1, 2, 3});
  const auto top = ops::top_k(Tensor::of({{3.f, 1.f, 2.f, 3.f}}), 3);
  CHECK(top.values.to_vector<float>() == std::vector<float>{3, 3, 2});
  CHECK(top.indices.to_vector<int>() == std::vector<int>{0, 3, 2});
  const Tensor p = Tensor::of({{0.1f, 0.7f, 0.2f}, {0.3f, 0.3f, 0.4f}, {0.9f, 0.05f, 0.05f}});
  CHECK(ops::in_top_k(Tensor::of({2, 1, 2}), p, 2).to_vector<bool>() ==
        std::vector<bool>{true, true, true});
  CHECK(ops::in_top_k(Tensor::of({0, 2, 7}), p, 1).to_vector<bool>() ==
        std::vector<bool>{false, true, false});
  run_function({.name = "sort",
                .inputs = {{{3, 5}}},
                .function = [](const std::vector<Tensor>& in) { return ops::sort(in[0]); },
                .formula =
                    [](const Arrays& in) {
                      Array out = in[0];
                      for (std::size_t i = 0; i < out.values.size(); i += 5)
                        std::sort(out.values.begin() + static_cast<std::ptrdiff_t>(i),
                                  out.values.begin() + static_cast<std::ptrdiff_t>(i) + 5);
                      return out;
                    }});
  CHECK(test::error_of<ShapeError>([&] { ops::top_k(x, 5); }) ==
        "top_k: k is out of range. Expected: 0 <= k <= 4. Received: k=5");
}

TEST_CASE("cumsum", "[conformance]") {
  for (const int axis : {0, 1, 2}) {
    for (const bool reverse : {false, true}) {
      run_case({.op = "cumsum",
                .inputs = {{{2, 4, 3}}},
                .attrs = {{"axis", axis}, {"reverse", reverse}},
                .formula =
                    [=](const Arrays& in) {
                      return Arrays{build(in[0].shape, [&](const Place& p) {
                        double sum = 0;
                        Place q = p;
                        const auto a = static_cast<std::size_t>(axis);
                        for (q[a] = reverse ? p[a] : 0;
                             q[a] <
                             (reverse ? static_cast<std::int64_t>(in[0].shape[axis]) : p[a] + 1);
                             ++q[a])
                          sum += at(in[0], q);
                        return sum;
                      })};
                    },
                .second_order = true,
                .more_dtypes = floats,
                .more_shapes = {{{1, 1, 1}}, {{2, 0, 3}}, {{3, 9, 2}}}});
    }
  }
  CHECK(ops::cumsum(Tensor::of({true, true, false})).to_vector<int>() == std::vector<int>{1, 2, 2});
}

}  // namespace weft::testing
