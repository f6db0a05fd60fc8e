// take, take_along_axis, one_hot, argmax, argsort, top_k, in_top_k, cumsum.
#include <weft/core/op.h>
#include <weft/core/ops/argmax.h>
#include <weft/core/ops/cumsum.h>
#include <weft/core/ops/one_hot.h>
#include <weft/core/ops/sort.h>
#include <weft/core/ops/take.h>
#include <weft/core/ops/take_along_axis.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

using Arrays = std::vector<Array>;
const std::vector<DType> floats = {DType::float64, DType::float16, DType::bfloat16};
const std::vector<DType> integers = {DType::int8,  DType::int16,  DType::int32,  DType::int64,
                                     DType::uint8, DType::uint16, DType::uint32, DType::uint64};

/// take_grad along axis 1 of [outer, size, inner]: indices [count], of which some are negative and
/// every second one is the same where `crowded` says so.
struct TakeGradCase {
  std::int64_t outer, size, inner, count;
  bool crowded = false;
  DType dtype = DType::float32;
};

void run_take_grad(const TakeGradCase& c) {
  CaseInput indices{{c.count}, DType::int32};
  std::uint64_t state = 12345;
  for (std::int64_t i = 0; i < c.count; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const auto place =
        static_cast<std::int64_t>((state >> 33) % static_cast<std::uint64_t>(c.size));
    const std::int64_t crowd = c.size / 2;
    const std::int64_t chosen = c.crowded && i % 2 == 0 ? crowd : place;
    indices.values.push_back(static_cast<double>(i % 5 == 0 ? chosen - c.size : chosen));
  }
  const Shape shape{c.outer, c.size, c.inner};
  run_case({.op = "take_grad",
            .inputs = {{{c.outer, c.count, c.inner}, c.dtype}, indices},
            .attrs = {{"axis", 1}, {"shape", shape}},
            .formula =
                [=](const Arrays& in) {
                  Array out{shape, std::vector<double>(static_cast<std::size_t>(shape.size()), 0)};
                  each(in[0].shape, [&](const Place& p) {
                    const auto row = static_cast<std::int64_t>(at(in[1], {p[1]}));
                    out.values[offset(shape, {p[0], row < 0 ? row + c.size : row, p[2]})] +=
                        at(in[0], p);
                  });
                  return Arrays{out};
                },
            .gradient = false,
            .plan = c.count <= 65,
            .abstract = false});
}

/// take_along_axis_grad along axis 1 of [outer, size, inner] with count indices to a line.
void run_along_grad(std::int64_t outer, std::int64_t size, std::int64_t inner, std::int64_t count,
                    DType dtype = DType::float32) {
  const Shape shape{outer, size, inner}, slices{outer, count, inner};
  const auto most = static_cast<double>(size);
  run_case(
      {.op = "take_along_axis_grad",
       .inputs = {{slices, dtype}, {slices, DType::int64, -most, most}},
       .attrs = {{"axis", 1}, {"shape", shape}},
       .formula =
           [=](const Arrays& in) {
             Array out{shape, std::vector<double>(static_cast<std::size_t>(shape.size()), 0)};
             each(slices, [&](const Place& p) {
               const auto row = static_cast<std::int64_t>(at(in[1], p));
               out.values[offset(shape, {p[0], row < 0 ? row + size : row, p[2]})] += at(in[0], p);
             });
             return Arrays{out};
           },
       .gradient = false,
       .abstract = false});
}

/// The order of a row, by the standard library.
std::vector<int> order_of(std::vector<double> row, bool descending, std::size_t count) {
  std::vector<int> order(row.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](int i, int j) {
    const double a = row[static_cast<std::size_t>(i)], b = row[static_cast<std::size_t>(j)];
    const bool less = std::isnan(b) ? !std::isnan(a) : a < b;
    const bool more = std::isnan(a) ? !std::isnan(b) : a > b;
    return descending ? more : less;
  });
  order.resize(count);
  return order;
}

void check_argsort(const CaseInput& input, bool descending, std::int64_t count) {
  const Tensor x = make_input(input);
  Config attrs{{"descending", descending}};
  const std::int64_t size = input.shape[-1];
  if (count < size) attrs.set("count", count);
  const auto received = apply_one("argsort", {x}, attrs).to_vector<int>();
  const auto values = x.to_vector<double>();
  std::vector<int> expected;
  for (std::int64_t row = 0; row < input.shape[0]; ++row) {
    const auto from = values.begin() + static_cast<std::ptrdiff_t>(row * size);
    const auto order = order_of({from, from + static_cast<std::ptrdiff_t>(size)}, descending,
                                static_cast<std::size_t>(count));
    expected.insert(expected.end(), order.begin(), order.end());
  }
  INFO(input.dtype.name() << input.shape.to_string() << (descending ? " descending" : ""));
  CHECK(received == expected);
}

}  // namespace

TEST_CASE("take: rows by index, duplicates and negative ones", "[conformance]") {
  for (const int axis : {0, 1, -1}) {
    const int place = axis < 0 ? axis + 3 : axis;
    for (const DType dtype : integers) {
      const bool negative = dtype.name()[0] != 'u';
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

TEST_CASE("take moves rows of every size and dtype", "[conformance]") {
  for (const DType dtype : {DType::float32, DType::float64, DType::float16, DType::uint8,
                            DType::int64, DType::boolean}) {
    for (const std::int64_t inner : {1, 3, 8, 33, 64}) {
      run_case({.op = "take",
                .inputs = {{{3, 37, inner}, dtype, 0, 100}, {{257}, DType::int64, -37, 37}},
                .attrs = {{"axis", 1}},
                .formula =
                    [=](const Arrays& in) {
                      return Arrays{build({3, in[1].shape[0], inner}, [&](const Place& p) {
                        const auto row = static_cast<std::int64_t>(at(in[1], {p[1]}));
                        return at(in[0], {p[0], row < 0 ? row + 37 : row, p[2]});
                      })};
                    },
                .gradient = false,
                .more_shapes = {{{3, 37, inner}, {1}}, {{3, 37, inner}, {0}}}});
    }
  }
}

TEST_CASE("take_grad: few and many indices, crowded places, many places", "[conformance]") {
  for (const bool crowded : {false, true}) {
    for (const std::int64_t count : {0, 1, 33, 64, 65, 300})
      run_take_grad({2, 50, 4, count, crowded});
    run_take_grad({1, 50, 7, 300, crowded});
    run_take_grad({1, 1000, 64, 700, crowded});
    run_take_grad({2, 70000, 1, 300, crowded});
    run_take_grad({1, 600, 300, 129, crowded});
    run_take_grad({1, 40, 2, 2100, crowded, DType::float64});
  }
  run_take_grad({1, 1, 3, 500});
  run_take_grad({1, 5, 0, 100});
  run_take_grad({0, 5, 3, 100});
  for (const DType dtype : {DType::float16, DType::bfloat16}) {
    run_take_grad({1, 400, 16, 200, false, dtype});
    run_take_grad({2, 30, 3, 40, false, dtype});
  }
  for (const DType dtype : {DType::int32, DType::uint8, DType::int64, DType::int16})
    run_take_grad({2, 20, 3, 200, true, dtype});
}

TEST_CASE("take and take_along_axis refuse indices out of range", "[errors]") {
  const Tensor x = make_input({{3, 2}});
  const auto error = [](const char* op, const std::vector<Tensor>& in, const Config& attrs) {
    return test::error_of<Error>([&] { apply_one(op, in, attrs).to_vector<float>(); });
  };
  const auto text = [](const std::string& received, int size = 3) {
    const std::string n = std::to_string(size);
    return "take: an index is out of range. Expected: -" + n + " <= index < " + n +
           ". Received: " + received + ")";
  };
  const auto take_error = [&](const Tensor& indices) {
    return error("take", {x, indices}, {{"axis", 0}});
  };
  CHECK(take_error(Tensor::of({0, 3})) == text("3 (index number 1"));
  CHECK(take_error(Tensor::of({-3, -4, 7})) == text("-4 (index number 1"));
  CHECK(take_error(Tensor::from(std::vector<std::int32_t>{INT32_MIN})) ==
        text("-2147483648, which stands for NaN too, (index number 0"));
  CHECK(take_error(Tensor::from(std::vector<std::uint64_t>{2, ~std::uint64_t{4}})) ==
        text("18446744073709551611 (index number 1"));
  // Many of them: the first that is wrong is named.
  std::vector<int> many(3000, 1);
  many[2900] = -70;
  many[1500] = 60;
  const Tensor indices = Tensor::from(many);
  CHECK(error("take", {make_input({{50, 3}}), indices}, {{"axis", 0}}) ==
        text("60 (index number 1500", 50));
  CHECK(error("take_grad", {make_input({{3000, 3}}), indices},
              {{"axis", 0}, {"shape", Shape{50, 3}}}) == text("60 (index number 1500", 50));
  CHECK(error("take_grad", {make_input({{2, 3}}), Tensor::of({1, 50})},
              {{"axis", 0}, {"shape", Shape{50, 3}}}) == text("50 (index number 1", 50));
  CHECK(error("take", {make_input({{50, 3}}), Tensor::of({1, -1})},
              {{"axis", 0}, {"layer", "words"}}) ==
        "Embedding layer 'words': a token id is out of range. Expected: 0 <= id < 50 (input_dim, "
        "the size of the vocabulary). Received: -1 (id number 1)");
  const std::string along =
      "take_along_axis: an index is out of range. Expected: -3 <= index < 3. Received: -4 (index "
      "number 2)";
  CHECK(error("take_along_axis", {x, Tensor::of({{0, 1}, {-4, 0}})}, {{"axis", 0}}) == along);
  CHECK(error("take_along_axis_grad", {make_input({{2, 2}}), Tensor::of({{0, 1}, {-4, 9}})},
              {{"axis", 0}, {"shape", Shape{3, 2}}}) == along);
  CHECK(ops::take(x, Tensor::of({2, -3}), 0).shape() == Shape{2, 2});
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

TEST_CASE("take_along_axis at sizes of blocks, and every dtype of indices", "[conformance]") {
  for (const DType dtype : integers) {
    const double least = dtype.name()[0] == 'u' ? 0 : -17;
    run_case({.op = "take_along_axis",
              .inputs = {{{3, 17, 5}}, {{3, 33, 5}, dtype, least, 17}},
              .attrs = {{"axis", 1}},
              .formula =
                  [=](const Arrays& in) {
                    return Arrays{build(in[1].shape, [&](Place p) {
                      const auto row = static_cast<std::int64_t>(at(in[1], p));
                      p[1] = row < 0 ? row + 17 : row;
                      return at(in[0], p);
                    })};
                  },
              .gradient = false,
              .abstract = false,
              .more_dtypes = dtype == DType::int32 ? floats : std::vector<DType>(),
              .more_shapes = {{{3, 17, 5}, {3, 0, 5}}, {{1, 17, 1}, {1, 257, 1}}}});
  }
  for (const std::int64_t count : {0, 1, 31, 257}) {
    run_along_grad(3, 40, 1, count);
    run_along_grad(2, 3, 5, count);
  }
  run_along_grad(1, 5000, 1, 2100);
  run_along_grad(1, 1, 1, 1100);
  run_along_grad(1, 9, 2, 300, DType::float64);
  run_along_grad(1, 9, 2, 300, DType::int16);
  run_along_grad(1, 300, 2, 280, DType::float16);
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
                .more_shapes = {{{1, 1, 1}}, {{3, 17, 2}}, {{2, 33, 31}}, {{1, 2, 257}}}});
    }
  }
  for (const bool largest : {true, false}) {
    for (const DType dtype :
         {DType::float32, DType::float64, DType::float16, DType::bfloat16, DType::boolean,
          DType::int8, DType::uint16, DType::uint32, DType::int64, DType::uint64}) {
      for (const std::int64_t size : {1, 7, 31, 257, 9001}) {  // the largest in parts
        const Tensor x = make_input({{size}, dtype, 0, 100});
        const auto v = x.to_vector<double>();
        const auto best =
            largest ? std::max_element(v.begin(), v.end()) : std::min_element(v.begin(), v.end());
        CHECK(apply_one(largest ? "argmax" : "argmin", {x}).item<int>() == best - v.begin());
      }
    }
    // Many short lines, side by side and not.
    for (const Shape& shape : {Shape{65, 3, 64}, Shape{4200, 9, 1}}) {
      const Tensor x = make_input({shape});
      const Array a = to_array(x);
      const auto places = apply_one(largest ? "argmax" : "argmin", {x}, {{"axis", {1}}});
      const auto received = places.to_vector<int>();
      std::size_t wrong = 0, n = 0;
      each({shape[0], shape[2]}, [&](const Place& p) {
        std::int64_t best = 0;
        for (std::int64_t i = 1; i < shape[1]; ++i) {
          const double other = at(a, {p[0], i, p[1]}), value = at(a, {p[0], best, p[1]});
          if (largest ? other > value : other < value) best = i;
        }
        wrong += received[n++] == best ? 0u : 1u;
      });
      CHECK(wrong == 0);
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

TEST_CASE("argsort: rows of every size and dtype, ties in their order", "[conformance]") {
  for (const std::int64_t size : {1, 2, 31, 33, 257, 513, 1025}) {
    for (const bool descending : {false, true}) {
      check_argsort({{5, size}}, descending, size);
      check_argsort({{3, size}, DType::int32, -4, 4}, descending, (size + 1) / 2);
    }
  }
  for (const DType dtype : integers) {
    const double least = dtype.name()[0] == 'u' ? 0 : -100;
    check_argsort({{3, 40}, dtype, least, 100}, true, 40);
    if (dtype.itemsize() <= 2)  // more than shared memory holds
      check_argsort({{2, 4100}, dtype, least, 100}, dtype == DType::int8, 4100);
  }
  check_argsort({{2, 6}, DType::boolean}, false, 6);
  check_argsort({{3, 1700}, DType::boolean}, true, 1700);
  check_argsort({{70, 65}}, false, 65);
  check_argsort({{1000, 3}, DType::int8, -2, 2}, true, 2);
  for (const DType dtype : {DType::float32, DType::float64, DType::float16, DType::bfloat16}) {
    CaseInput few{{1, 4100}, dtype};
    few.values = {3, -0.0, 0, NAN, -1, INFINITY, 2, 2, -INFINITY, NAN, 0.5};
    check_argsort(few, dtype == DType::float32, dtype == DType::float64 ? 7 : 4100);
    few.shape = {3, 100};
    check_argsort(few, true, 100);
    check_argsort(few, false, 3);
  }
  CHECK(ops::argsort(make_input({{0, 3}})).shape() == Shape{0, 3});
  CHECK(ops::argsort(make_input({{3, 0}})).shape() == Shape{3, 0});
}

TEST_CASE("argsort: the largest and the smallest integers, and halves of every size",
          "[conformance]") {
  const std::int64_t most = INT64_MAX, least = INT64_MIN;
  const Tensor x = Tensor::from(std::vector<std::int64_t>{most, least, 0, most, -1, least, 1});
  CHECK(ops::argsort(x).to_vector<int>() == std::vector<int>{1, 5, 4, 2, 6, 0, 3});
  CHECK(ops::sort(x).to_vector<std::int64_t>() ==
        std::vector<std::int64_t>{least, least, -1, 0, 1, most, most});
  CHECK(ops::top_k(x.reshape({1, 7}), 3).indices.to_vector<int>() == std::vector<int>{0, 3, 6});
  const Tensor y = Tensor::from(std::vector<std::uint64_t>{UINT64_MAX, 1, 0, UINT64_MAX, 2});
  CHECK(ops::argsort(y).to_vector<int>() == std::vector<int>{2, 1, 4, 0, 3});
  for (const DType dtype : {DType::float16, DType::bfloat16}) {
    CaseInput all{{1, 2048}, dtype};
    for (int i = 0; i < 2048; ++i)
      all.values.push_back(std::ldexp(i % 2 ? -1.0 : 1.0, i % 40 - 24));
    check_argsort(all, false, 2048);
    all.shape = {64, 32};
    check_argsort(all, true, 9);
  }
}

TEST_CASE("in_top_k: many classes, numbers that are not finite, targets of every dtype",
          "[conformance]") {
  for (const DType dtype : integers) {
    for (const std::int64_t classes : {1, 5, 33, 100}) {
      const Tensor p = make_input({{33, classes}});
      const Tensor targets = make_input({{33}, dtype, 0, 120});
      const Array a = to_array(p);
      const auto wanted = targets.to_vector<std::int64_t>();
      const auto received = ops::in_top_k(targets, p, 3).to_vector<bool>();
      for (std::int64_t i = 0; i < 33; ++i) {
        const std::int64_t t = wanted[static_cast<std::size_t>(i)];
        int larger = t < classes ? 0 : 3;
        for (std::int64_t c = 0; larger < 3 && c < classes; ++c)
          larger += at(a, {i, c}) > at(a, {i, t}) ? 1 : 0;
        CHECK(received[static_cast<std::size_t>(i)] == larger < 3);
      }
    }
  }
  const float inf = std::numeric_limits<float>::infinity();
  const Tensor p = Tensor::of({{1.f, 2.f, inf}, {1.f, NAN, 0.f}, {3.f, 2.f, 1.f}});
  CHECK(ops::in_top_k(Tensor::of({1, 0, -1}), p, 3).to_vector<bool>() ==
        std::vector<bool>{false, false, false});
}

TEST_CASE("cumsum of long lines, in parts, and of many lines", "[conformance]") {
  for (const DType dtype : {DType::float32, DType::float64, DType::int32, DType::uint64}) {
    for (const bool reverse : {false, true}) {
      for (const Shape& shape : {Shape{1, 9001, 1}, Shape{3, 1025, 2}, Shape{70, 3, 70},
                                 Shape{2, 257, 1}, Shape{5, 31, 1}}) {
        run_case({.op = "cumsum",
                  .inputs = {{shape, dtype, 0, 3}},
                  .attrs = {{"axis", 1}, {"reverse", reverse}},
                  .formula =
                      [=](const Arrays& in) {
                        Array out = in[0];
                        for (std::int64_t o = 0; o < shape[0]; ++o) {
                          for (std::int64_t k = 0; k < shape[2]; ++k) {
                            double sum = 0;
                            for (std::int64_t i = 0; i < shape[1]; ++i) {
                              const std::int64_t place = reverse ? shape[1] - 1 - i : i;
                              const std::size_t n = offset(shape, {o, place, k});
                              sum += in[0].values[n];
                              out.values[n] = sum;
                            }
                          }
                        }
                        return Arrays{out};
                      },
                  .gradient = false});
      }
    }
  }
  const auto wrapped =
      apply_one("cumsum", {Tensor::from(std::vector<std::int8_t>{100, 100, 100})}, {{"axis", 0}});
  CHECK(wrapped.to_vector<int>() == std::vector<int>{100, -56, 44});
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
