#include <weft/core/ops/logsumexp.h>
#include <weft/core/ops/norm.h>
#include <weft/core/ops/reduce.h>
#include <weft/core/ops/statistics.h>

#include <limits>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

using Fold = std::function<double(const std::vector<double>&)>;

/// Collects the elements of each result, then folds them.
Array reduced(const Array& x, const Config& attrs, const Fold& fold) {
  std::vector<bool> gone(static_cast<std::size_t>(x.shape.rank()), !attrs.contains("axis"));
  if (attrs.contains("axis")) {
    for (int axis : attrs.get<std::vector<int>>("axis"))
      gone[static_cast<std::size_t>(axis < 0 ? axis + x.shape.rank() : axis)] = true;
  }
  Shape kept;
  for (int i = 0; i < x.shape.rank(); ++i)
    kept.push_back(gone[static_cast<std::size_t>(i)] ? Dim(1) : x.shape[i]);
  std::vector<std::vector<double>> parts(static_cast<std::size_t>(kept.size()));
  each(x.shape, [&](const Place& index) {
    Place place = index;
    for (std::size_t i = 0; i < place.size(); ++i) place[i] = gone[i] ? 0 : place[i];
    parts[offset(kept, place)].push_back(at(x, index));
  });
  Array out;
  for (int i = 0; i < kept.rank(); ++i) {
    if (!gone[static_cast<std::size_t>(i)] || attrs.get<bool>("keepdims", false))
      out.shape.push_back(kept[i]);
  }
  for (const auto& part : parts) out.values.push_back(fold(part));
  return out;
}

double total(const std::vector<double>& v) {
  double sum = 0;
  for (double x : v) sum += x;
  return sum;
}
double average(const std::vector<double>& v) { return total(v) / static_cast<double>(v.size()); }
double product(const std::vector<double>& v) {
  double p = 1;
  for (double x : v) p *= x;
  return p;
}
double largest(const std::vector<double>& v) { return *std::max_element(v.begin(), v.end()); }
double smallest(const std::vector<double>& v) { return *std::min_element(v.begin(), v.end()); }
double variance(const std::vector<double>& v) {
  const double m = average(v);
  double sum = 0;
  for (double x : v) sum += (x - m) * (x - m);
  return sum / static_cast<double>(v.size());
}

std::vector<Config> ways() {
  return {{},
          {{"axis", {0}}},
          {{"axis", {-1}}},
          {{"axis", {1}}, {"keepdims", true}},
          {{"axis", {0, 2}}},
          {{"axis", {2, 0, 1}}, {"keepdims", true}}};
}

void check(const std::string& op, const Fold& fold, bool second_order, bool empty) {
  for (const Config& attrs : ways()) {
    std::vector<std::vector<Shape>> shapes = {{{1, 1, 1}}, {{5, 1, 3}}, {{2, 7, 19}}, {{9, 2, 1}}};
    if (empty) shapes.push_back({{2, 0, 3}});
    run_case({.op = op,
              .inputs = {{{2, 3, 4}}},
              .attrs = attrs,
              .formula =
                  [=](const std::vector<Array>& in) {
                    return std::vector<Array>{reduced(in[0], attrs, fold)};
                  },
              .second_order = second_order,
              .more_dtypes = {DType::float64, DType::float16, DType::bfloat16},
              .more_shapes = shapes});
  }
}

}  // namespace

TEST_CASE("sum", "[conformance]") { check("sum", total, true, true); }
TEST_CASE("mean", "[conformance]") { check("mean", average, true, false); }
TEST_CASE("max", "[conformance]") { check("max", largest, false, false); }
TEST_CASE("min", "[conformance]") { check("min", smallest, false, false); }
TEST_CASE("prod", "[conformance]") { check("prod", product, false, true); }

TEST_CASE("any and all", "[conformance]") {
  for (const Config& attrs : ways()) {
    const auto is_true = [](double x) { return x != 0; };
    const auto any = [=](const std::vector<double>& v) {
      return std::any_of(v.begin(), v.end(), is_true) ? 1.0 : 0.0;
    };
    const auto all = [=](const std::vector<double>& v) {
      return std::all_of(v.begin(), v.end(), is_true) ? 1.0 : 0.0;
    };
    for (const DType dtype : {DType::boolean, DType::int32, DType::uint8}) {
      const CaseInput input{{2, 3, 2}, dtype, 0, 2};
      run_case({.op = "any",
                .inputs = {input},
                .attrs = attrs,
                .formula =
                    [=](const std::vector<Array>& in) {
                      return std::vector<Array>{reduced(in[0], attrs, any)};
                    },
                .gradient = false,
                .output_dtypes = {DType::boolean},
                .more_shapes = {{{2, 0, 2}}}});
      run_case({.op = "all",
                .inputs = {input},
                .attrs = attrs,
                .formula =
                    [=](const std::vector<Array>& in) {
                      return std::vector<Array>{reduced(in[0], attrs, all)};
                    },
                .gradient = false,
                .output_dtypes = {DType::boolean},
                .more_shapes = {{{2, 0, 2}}}});
    }
  }
}

TEST_CASE("long reductions of every dtype agree with those of float64", "[conformance]") {
  struct Layout {
    Shape shape;
    std::vector<int> axes;
  };
  const std::vector<Layout> layouts = {
      {{20003}, {0}},   {{1500, 24}, {0}},     {{257, 33}, {1}},       {{31, 1025}, {0}},
      {{5, 4099}, {1}}, {{2, 700, 3}, {0, 2}}, {{3, 5, 40, 2}, {1, 3}}};
  for (const DType dtype :
       {DType::boolean, DType::int8, DType::uint8, DType::int16, DType::uint16, DType::int32,
        DType::uint32, DType::int64, DType::uint64, DType::float16, DType::bfloat16}) {
    for (const Layout& l : layouts) {
      INFO(dtype.name() << " " << l.shape.to_string());
      const Tensor x = make_input({l.shape, dtype, 0, 3}), wide = x.astype("float64");
      const ops::ReduceOptions over{.axis = l.axes};
      check_close(to_array(ops::sum(x, over)), to_array(ops::sum(wide, over)),
                  dtype.is_floating() ? tolerance_for(dtype, 1e-5) : 0.0, "sum");
      CHECK(to_array(ops::max(x, over)).values == to_array(ops::max(wide, over)).values);
      CHECK(to_array(ops::min(x, over)).values == to_array(ops::min(wide, over)).values);
      CHECK(same_bits(ops::any(x, over), ops::any(wide, over)));
      CHECK(same_bits(ops::all(x, over), ops::all(wide, over)));
    }
  }
}

TEST_CASE("the gradient of prod over many elements", "[conformance]") {
  for (const auto& [shape, axes] : std::vector<std::pair<Shape, std::vector<int>>>{
           {{2, 300}, {1}}, {{257, 3}, {0}}, {{9, 2, 31}, {0, 2}}}) {
    const Tensor x = make_input({shape, DType::float64, 0.95, 1.05});
    GradientTape tape;
    tape.watch(x);
    const Tensor y = ops::prod(x, {.axis = axes, .keepdims = true});
    check_close(to_array(tape.gradient(y, std::vector<Tensor>{x})[0]), to_array(y / x), 1e-12,
                "gradient of prod");
  }
}

TEST_CASE("sums of small integers get room, as in Keras", "[conformance]") {
  const Tensor bytes = Tensor::of({std::uint8_t{200}, std::uint8_t{100}});
  CHECK(ops::sum(bytes).dtype() == DType::uint32);
  CHECK(ops::sum(bytes).item<int>() == 300);
  CHECK(ops::sum(Tensor::of({true, true, false})).dtype() == DType::int32);
  CHECK(ops::prod(Tensor::of({std::int8_t{100}, std::int8_t{-3}})).item<int>() == -300);
  CHECK(ops::mean(Tensor::of({1, 2})).dtype() == DType::float32);
  CHECK(ops::mean(Tensor::of({1, 2})).item() == 1.5f);
  CHECK(ops::max(bytes).dtype() == DType::uint8);
}

TEST_CASE("a float32 sum of a million tenths is exact to float32", "[conformance]") {
  const Tensor x = Tensor::from(std::vector<float>(1000000, 0.1f));
  CHECK(ops::sum(x).item() == static_cast<float>(1000000 * static_cast<double>(0.1f)));
  CHECK(ops::sum(x.reshape({1000, 1000}), {.axis = 0}).to_vector<float>()[7] ==
        static_cast<float>(1000 * static_cast<double>(0.1f)));
}

TEST_CASE("NaN wins max and min", "[conformance]") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (std::size_t place = 0; place < 20; ++place) {
    std::vector<float> v(20, 1);
    v[place] = nan;
    CHECK(std::isnan(ops::max(Tensor::from(v)).item()));
    CHECK(std::isnan(ops::min(Tensor::from(v, {20, 1}), {.axis = 0}).to_vector<float>()[0]));
  }
}

TEST_CASE("equal winners of max share the gradient", "[conformance]") {
  const Tensor x = Tensor::of({1.f, 3.f, 3.f});
  GradientTape tape;
  tape.watch(x);
  CHECK(tape.gradient(ops::max(x), std::vector<Tensor>{x})[0].to_vector<float>() ==
        std::vector<float>{0, 0.5f, 0.5f});
}

TEST_CASE("the gradient of prod passes zeros", "[conformance]") {
  const Tensor x = Tensor::of({2.f, 0.f, 3.f});
  GradientTape tape;
  tape.watch(x);
  CHECK(tape.gradient(ops::prod(x), std::vector<Tensor>{x})[0].to_vector<float>() ==
        std::vector<float>{0, 6, 0});
}

TEST_CASE("var, std, moments, logsumexp and norm", "[conformance]") {
  const CaseInput input{{3, 4, 2}};
  for (const bool keepdims : {false, true}) {
    for (const std::vector<int>& axis :
         {std::vector<int>{1}, std::vector<int>{0, 2}, std::vector<int>{0, 1, 2}}) {
      const Config attrs{{"axis", axis}, {"keepdims", keepdims}};
      const ops::ReduceOptions over{.axis = axis, .keepdims = keepdims};
      const auto run = [&](const char* name, const std::function<Tensor(const Tensor&)>& f,
                           const Fold& fold) {
        run_function(
            {.name = name,
             .inputs = {input},
             .function = [&](const std::vector<Tensor>& in) { return f(in[0]); },
             .formula = [&](const std::vector<Array>& in) { return reduced(in[0], attrs, fold); }});
      };
      run(
          "var", [&](const Tensor& x) { return ops::var(x, over); }, variance);
      run(
          "std", [&](const Tensor& x) { return ops::std(x, over); },
          [](const auto& v) { return std::sqrt(variance(v)); });
      run(
          "moments", [&](const Tensor& x) { return ops::moments(x, axis, keepdims).variance; },
          variance);
      run(
          "mean of moments", [&](const Tensor& x) { return ops::moments(x, axis, keepdims).mean; },
          average);
      run(
          "logsumexp", [&](const Tensor& x) { return ops::logsumexp(x, over); },
          [](const auto& v) {
            double sum = 0;
            for (double x : v) sum += std::exp(x);
            return std::log(sum);
          });
      for (const double ord : {1.0, 2.0, 3.0}) {
        run(
            "norm",
            [&](const Tensor& x) {
              return ops::norm(x, {.ord = ord, .axis = axis, .keepdims = keepdims});
            },
            [=](const auto& v) {
              double sum = 0;
              for (double x : v) sum += std::pow(std::abs(x), ord);
              return std::pow(sum, 1 / ord);
            });
      }
    }
  }
}

TEST_CASE("logsumexp neither overflows nor makes NaN of -inf", "[conformance]") {
  const float inf = std::numeric_limits<float>::infinity();
  CHECK(ops::logsumexp(Tensor::of({1000.f, 1000.f})).item() == Approx(1000.6931472));
  CHECK(ops::logsumexp(Tensor::of({-inf, -inf})).item() == -inf);
}

TEST_CASE("reductions say what is wrong", "[errors]") {
  const Tensor x = make_input({{2, 3}});
  CHECK(test::error_of<ShapeError>([&] { ops::sum(x, {.axis = 2}); }) ==
        "sum: axis is out of range. Expected: -2 <= axis < 2. Received: axis=2");
  CHECK(test::error_of<ShapeError>([&] {
          ops::mean(x, {.axis = {0, -2}});
        }) == "mean: an axis is named twice. Expected: distinct axes. Received: axis 0 again");
  CHECK(test::error_of<ShapeError>([&] {
          ops::max(make_input({{0, 3}}), {.axis = 0});
        }) ==
        "max: reduction over nothing. Expected: at least one element along each axis. Received: "
        "x.shape=(0, 3)");
}

}  // namespace weft::testing
