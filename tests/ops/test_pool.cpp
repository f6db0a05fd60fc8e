#include <weft/core/ops/interpolate.h>
#include <weft/core/ops/pool.h>
#include <weft/core/ops/upsample.h>

#include <cstdlib>
#include <limits>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

struct Pool {
  std::vector<std::int64_t> size, strides;
  bool same;
};

/// Output size and padding before, of one axis: as the documentation says.
std::pair<std::int64_t, std::int64_t> along(std::int64_t n, std::int64_t k, std::int64_t s,
                                            bool same) {
  if (!same) return {(n - k) / s + 1, 0};
  const std::int64_t out = (n + s - 1) / s;
  return {out, std::max<std::int64_t>((out - 1) * s + k - n, 0) / 2};
}

/// Calls f(index in x, place in the window) for all that the window of output place `p` covers.
void window(const Shape& x, const Pool& pool, const Place& p,
            const std::function<void(const Place&, std::int64_t)>& f) {
  const std::size_t rank = pool.size.size();
  Shape places;
  for (std::int64_t k : pool.size) places.push_back(k);
  std::int64_t place = 0;
  each(places, [&](const Place& in_window) {
    Place q = p;
    bool inside = true;
    for (std::size_t i = 0; i < rank; ++i) {
      const std::int64_t n = x[static_cast<int>(i) + 1];
      q[i + 1] = p[i + 1] * pool.strides[i] + in_window[i] -
                 along(n, pool.size[i], pool.strides[i], pool.same).second;
      inside = inside && q[i + 1] >= 0 && q[i + 1] < n;
    }
    if (inside) f(q, place);
    ++place;
  });
}

Shape pooled(const Shape& x, const Pool& pool) {
  Shape out = x;
  for (std::size_t i = 0; i < pool.size.size(); ++i) {
    const int axis = static_cast<int>(i) + 1;
    out.set(axis, along(x[axis], pool.size[i], pool.strides[i], pool.same).first);
  }
  return out;
}

std::vector<Array> largest(const Array& x, const Pool& pool) {
  const Shape shape = pooled(x.shape, pool);
  const auto find = [&](const Place& p, bool where) {
    double most = -std::numeric_limits<double>::infinity(), at_place = 0;
    window(x.shape, pool, p, [&](const Place& q, std::int64_t place) {
      if (at(x, q) <= most) return;
      most = at(x, q);
      at_place = static_cast<double>(place);
    });
    return where ? at_place : most;
  };
  return {build(shape, [&](const Place& p) { return find(p, false); }),
          build(shape, [&](const Place& p) { return find(p, true); })};
}

Array mean(const Array& x, const Pool& pool) {
  return build(pooled(x.shape, pool), [&](const Place& p) {
    double sum = 0, count = 0;
    window(x.shape, pool, p, [&](const Place& q, std::int64_t) {
      sum += at(x, q);
      ++count;
    });
    return sum / count;
  });
}

Config attrs_of(const Pool& pool) {
  return {{"pool_size", ConfigValue(pool.size)},
          {"strides", ConfigValue(pool.strides)},
          {"padding", pool.same ? "same" : "valid"}};
}

/// Both poolings of x, with shapes that the windows fit.
void run_pools(const Shape& x, const Pool& pool, const std::vector<Shape>& more_shapes,
               bool gradient = true) {
  std::vector<std::vector<Shape>> shapes;
  for (const Shape& s : more_shapes) shapes.push_back({s});
  std::int64_t places = 1;
  for (std::int64_t k : pool.size) places *= k;
  const std::vector<DType> more = {DType::float64, DType::float16, DType::bfloat16};
  run_case({.op = "max_pool",
            .inputs = {{x}},
            .attrs = attrs_of(pool),
            .formula = [=](const std::vector<Array>& in) { return largest(in[0], pool); },
            .gradient = gradient,
            .second_order = gradient && x.size() < 200,
            .output_dtypes = {DType::float32, places > 256 ? DType::int32 : DType::uint8},
            .more_dtypes = more,
            .more_shapes = shapes});
  run_case({.op = "average_pool",
            .inputs = {{x}},
            .attrs = attrs_of(pool),
            .formula =
                [=](const std::vector<Array>& in) { return std::vector<Array>{mean(in[0], pool)}; },
            .gradient = gradient,
            .second_order = gradient && x.size() < 200,
            .more_dtypes = more,
            .more_shapes = shapes});
}

/// With WEFT_KERNEL=reference while it lives.
class ReferenceOnly {
 public:
  ReferenceOnly() { setenv("WEFT_KERNEL", "reference", 1); }
  ~ReferenceOnly() { unsetenv("WEFT_KERNEL"); }
  ReferenceOnly(const ReferenceOnly&) = delete;
  ReferenceOnly& operator=(const ReferenceOnly&) = delete;
};

}  // namespace

TEST_CASE("max_pool and average_pool in one, two and three dimensions", "[conformance]") {
  run_pools({2, 9, 3}, {{2}, {2}, false}, {{1, 2, 1}, {3, 5, 17}, {0, 4, 2}});
  run_pools({2, 9, 3}, {{3}, {1}, true}, {{1, 1, 2}, {2, 4, 70}});
  run_pools({2, 5, 6, 3}, {{2, 2}, {2, 2}, false}, {{1, 2, 2, 1}, {2, 4, 5, 65}, {0, 4, 4, 2}});
  run_pools({2, 5, 6, 2}, {{3, 2}, {2, 3}, true}, {{1, 1, 1, 1}, {2, 7, 4, 33}});
  run_pools({1, 7, 7, 2}, {{2, 3}, {3, 1}, false}, {{2, 6, 5, 16}});
  run_pools({1, 7, 7, 2}, {{2, 2}, {4, 3}, true}, {{2, 9, 5, 8}});
  run_pools({1, 4, 5, 3, 2}, {{2, 2, 2}, {2, 2, 2}, false}, {{2, 2, 2, 2, 9}});
  run_pools({1, 4, 3, 5, 2}, {{3, 2, 2}, {2, 1, 3}, true}, {{1, 2, 5, 3, 40}});
  run_pools({1, 20, 19, 1}, {{17, 16}, {3, 3}, false}, {});
  run_pools({1, 18, 17, 8}, {{17, 16}, {3, 3}, false}, {{2, 20, 16, 32}}, false);
  run_pools({1, 9, 10, 8}, {{3, 2}, {2, 3}, true}, {{2, 35, 33, 24}, {1, 1025, 1, 5}}, false);
}

TEST_CASE("upsample repeats pixels", "[conformance]") {
  const auto repeats = [](const Shape& x, const std::vector<std::int64_t>& size,
                          const std::vector<std::vector<Shape>>& more) {
    run_case({.op = "upsample",
              .inputs = {{x}},
              .attrs = {{"size", ConfigValue(size)}},
              .formula =
                  [=](const std::vector<Array>& in) {
                    Shape shape = in[0].shape;
                    for (std::size_t i = 0; i < size.size(); ++i) {
                      const int axis = static_cast<int>(i) + 1;
                      shape.set(axis, shape[axis] * size[i]);
                    }
                    return std::vector<Array>{build(shape, [&](const Place& p) {
                      Place q = p;
                      for (std::size_t i = 0; i < size.size(); ++i) q[i + 1] /= size[i];
                      return at(in[0], q);
                    })};
                  },
              .second_order = true,
              .more_dtypes = {DType::float64, DType::float16, DType::bfloat16},
              .more_shapes = more});
  };
  repeats({2, 3, 2}, {3}, {{{1, 1, 1}}, {{2, 4, 18}}, {{1, 3, 8}}, {{0, 2, 2}}, {{1, 0, 2}}});
  repeats({2, 3, 2, 2}, {2, 3}, {{{1, 1, 1, 1}}, {{2, 2, 3, 65}}, {{2, 3, 0, 2}}});
  repeats({1, 2, 3, 2, 2}, {2, 1, 2}, {{{1, 1, 2, 1, 17}}});
  CHECK(ops::upsample(Tensor::of({1, 2}).reshape({1, 2, 1}), 2).to_vector<int>() ==
        std::vector<int>{1, 1, 2, 2});
}

TEST_CASE("interpolate is a weighted mean of near places", "[conformance]") {
  const auto kernel = [](const std::string& name, double d) {
    if (name == "bilinear") return std::max(0.0, 1 - d);
    if (name == "bicubic") {
      const double a = -0.5;  // Keys
      if (d < 1) return (a + 2) * d * d * d - (a + 3) * d * d + 1;
      return d < 2 ? a * (d * d * d - 5 * d * d + 8 * d - 4) : 0.0;
    }
    const double r = name == "lanczos3" ? 3 : 5, pi = std::acos(-1.0);
    const auto sinc = [pi](double t) { return t == 0 ? 1.0 : std::sin(pi * t) / (pi * t); };
    return d < r ? sinc(d) * sinc(d / r) : 0.0;
  };
  for (const std::string name : {"bilinear", "bicubic", "lanczos3", "lanczos5"}) {
    for (const int axis : {1, 2}) {
      for (const int scale : {1, 2, 3}) {
        run_case(
            {.op = "interpolate",
             .inputs = {{{2, 4, 7, 3}}},
             .attrs = {{"axis", axis}, {"scale", scale}, {"interpolation", name}},
             .formula =
                 [=](const std::vector<Array>& in) {
                   Shape shape = in[0].shape;
                   shape.set(axis, shape[axis] * scale);
                   return std::vector<Array>{build(shape, [&](const Place& p) {
                     const auto a = static_cast<std::size_t>(axis);
                     const double place = (static_cast<double>(p[a]) + 0.5) / scale - 0.5;
                     double sum = 0, weights = 0;
                     Place q = p;
                     for (q[a] = 0; q[a] < in[0].shape[axis]; ++q[a]) {
                       const double w = kernel(name, std::abs(place - static_cast<double>(q[a])));
                       weights += w;
                       sum += w * at(in[0], q);
                     }
                     return sum / weights;
                   })};
                 },
             .second_order = scale == 2,
             .more_dtypes = {DType::float64, DType::float16, DType::bfloat16},
             .more_shapes = {{{1, 1, 1, 1}}, {{0, 3, 2, 1}}, {{1, 9, 12, 1}}, {{1, 2, 2, 4}}}});
      }
    }
  }
  const Tensor x = make_input({{1, 3, 1}});
  CHECK(test::error_of<Error>([&] { ops::interpolate(x, 1, 2, "cubic"); }) ==
        "interpolate: there is no such interpolation. Expected: bilinear, bicubic, lanczos3 or "
        "lanczos5. Received: cubic");
  CHECK(test::error_of<ShapeError>([&] { ops::interpolate(x, 1, 0, "bilinear"); }) ==
        "interpolate: scale is not positive. Expected: 1 or more. Received: 0");
}

// What the gradient needs is made only in plans that have a gradient; the fast kernels' loops for
// many channels, for few and for the rest give what the references give, bit for bit where nothing
// is added up.
TEST_CASE("The fast kernels of pooling agree with the references", "[kernels]") {
  const auto gradient_of = [](bool max, const Tensor& x, const Pool& pool) {
    GradientTape tape;
    tape.watch(x);
    const ops::PoolOptions options{.strides = pool.strides,
                                   .padding = pool.same ? "same" : "valid"};
    const Tensor y =
        max ? ops::max_pool(x, pool.size, options) : ops::average_pool(x, pool.size, options);
    const Tensor loss = ops::sum(y * make_input({y.shape(), DType::float32, -1, 1}, 5));
    return std::vector<Tensor>{y, tape.gradient(loss, std::vector<Tensor>{x})[0]};
  };
  for (const std::int64_t channels : {1, 3, 4, 8, 15, 16, 31, 64, 100, 128}) {
    for (const Pool& pool :
         {Pool{{2, 2}, {2, 2}, false}, Pool{{3, 3}, {2, 2}, true}, Pool{{3, 3}, {3, 3}, false},
          Pool{{2, 2}, {3, 3}, false}, Pool{{3, 1}, {1, 1}, true}}) {
      for (const bool max : {true, false}) {
        // A few values only, so that there are ties.
        const Tensor x =
            make_input({{3, 8, 7, channels}, DType::int32, -3, 3}).astype("float32") / 3.0f;
        const std::vector<Tensor> fast = gradient_of(max, x, pool);
        std::vector<Tensor> reference;
        {
          const ReferenceOnly only;
          auto plan = traced(
              [&](const Tensors& in) -> Tensors { return gradient_of(max, in.flat()[0], pool); });
          reference = plan(Tensors(x)).flat();
        }
        INFO("max " << max << ", channels " << channels << ", pool " << pool.size[0] << "x"
                    << pool.size[1] << ", stride " << pool.strides[0]);
        for (int i = 0; i < 2; ++i) {
          if (max && (i == 0 || pool.strides[0] >= pool.size[0]))
            CHECK(same_bits(fast[i], reference[i]));
          else
            check_close(to_array(fast[i]), to_array(reference[i]), 1e-6, "fast and reference");
        }
      }
    }
  }
}

// Small whole numbers, so that every sum is exact: places of one byte and of four, vectors and a
// rest.
TEST_CASE("The gradients of pooling are the same in every dtype", "[conformance]") {
  struct Case {
    Shape x;
    std::vector<std::int64_t> size, strides;
  };
  for (const Case& c :
       {Case{{1, 18, 17, 8}, {17, 16}, {1, 1}}, Case{{2, 9, 10, 16}, {2, 2}, {1, 2}},
        Case{{1, 9, 10, 5}, {4, 2}, {3, 1}}}) {
    const Tensor x = make_input({c.x, DType::int32, -8, 9}, 1);
    for (const bool max : {true, false}) {
      const auto gradient = [&](DType dtype) {
        const Tensor in = x.astype(dtype);
        GradientTape tape;
        tape.watch(in);
        const ops::PoolOptions options{.strides = c.strides};
        const Tensor y =
            max ? ops::max_pool(in, c.size, options) : ops::average_pool(in, c.size, options);
        const Tensor seed = make_input({y.shape(), DType::int32, -2, 3}, 2).astype(dtype);
        return to_array(tape.gradient(ops::sum(y * seed), std::vector<Tensor>{in})[0]);
      };
      const Array exact = gradient("float64");
      for (const DType dtype : {DType::float32, DType::float16, DType::bfloat16}) {
        INFO(dtype.name() << ", max " << max << ", " << c.x.to_string());
        check_close(gradient(dtype), exact, max ? 0 : tolerance_for(dtype, 1e-6), "gradient");
      }
    }
  }
}

TEST_CASE("max_pool passes NaN on, and takes infinities and the first of equals", "[conformance]") {
  const float inf = std::numeric_limits<float>::infinity(), nan = NAN;
  for (const std::int64_t channels : {1, 64}) {
    const Tensor ones = make_input({{1, 1, channels}, DType::float32, 0, 1, {}, false, {1}});
    const Tensor x =
        Tensor::of({1.f, nan, 2.f, -inf, -inf, -inf, 3.f, 3.f}).reshape({1, 8, 1}) * ones;
    GradientTape tape;
    tape.watch(x);
    const Tensor y = ops::max_pool(x, 2);
    const Tensor dx = tape.gradient(ops::sum(y), std::vector<Tensor>{x})[0];
    const std::vector<float> out = y.slice({All, All, 0}).to_vector<float>();
    CHECK(std::isnan(out[0]));
    CHECK(std::vector<float>(out.begin() + 1, out.end()) == std::vector<float>{2, -inf, 3});
    CHECK(dx.slice({All, All, 0}).to_vector<float>() == std::vector<float>{0, 1, 1, 0, 1, 0, 1, 0});
  }
}

// The sum of the cubes of the maxima: twice differentiated, six times each maximum, where it was.
TEST_CASE("max_pool: the gradient of its gradient", "[ops]") {
  for (const DType dtype : {DType::float32, DType::float64}) {
    const Tensor x = make_input({{2, 5, 7, 3}}, 1).astype(dtype);
    GradientTape outer, inner;
    outer.watch(x);
    inner.watch(x);
    const Tensor y = ops::max_pool(x, {2, 3});
    const Tensor first = inner.gradient(ops::sum(y * y * y), std::vector<Tensor>{x})[0];
    const Tensor second = outer.gradient(ops::sum(first), std::vector<Tensor>{x})[0];
    const Array at_x = to_array(x), once = to_array(first);
    Array expected = at_x;
    for (std::size_t i = 0; i < expected.values.size(); ++i)
      expected.values[i] = once.values[i] == 0 ? 0 : 6 * at_x.values[i];
    check_close(to_array(second), expected, 1e-5, "second derivative of max_pool");
  }
}

TEST_CASE("Pooling refuses what does not fit", "[errors]") {
  const Tensor x = make_input({{1, 4, 4, 2}});
  using test::error_of;
  CHECK(error_of<ShapeError>([&] { ops::max_pool(x, 5); }) ==
        "max_pool: Computed output size would be zero or negative. Received: "
        "`inputs.shape=(1, 4, 4, 2)`, `pool_size=(5, 5)`, `strides=(5, 5)`, `padding=valid`.");
  CHECK(error_of<ShapeError>([&] {
          ops::max_pool(x, {2, 2, 2});
        }) ==
        "max_pool: `pool_size` does not fit. Expected: a positive integer up to 2147483647, or 2 "
        "of them: one for "
        "each "
        "spatial dimension. Received: [2, 2, 2]");
  CHECK(error_of<ShapeError>([&] { ops::average_pool(x, 0); }) ==
        "average_pool: `pool_size` does not fit. Expected: a positive integer up to 2147483647, or "
        "2 of them: one "
        "for each "
        "spatial dimension. Received: 0");
  CHECK(error_of<ShapeError>([&] {
          ops::average_pool(x, 2, {.strides = {1, -1}});
        }) ==
        "average_pool: `strides` does not fit. Expected: a positive integer up to 2147483647, or 2 "
        "of them: one for "
        "each "
        "spatial dimension. Received: [1, -1]");
  CHECK(error_of<Error>([&] { ops::average_pool(x, 2, {.padding = "full"}); }) ==
        "average_pool: Argument `padding` must be either 'valid' or 'same'. Received: "
        "padding=full");
  CHECK(error_of<ShapeError>([] {
          ops::max_pool(make_input({{3, 4}}), 2);
        }) ==
        "max_pool: x has the wrong rank. Expected: [N, W, C], [N, H, W, C] or [N, D, H, W, C]. "
        "Received: x.shape=(3, 4)");
  CHECK(error_of<DtypeError>([] {
          ops::max_pool(make_input({{1, 4, 1}, DType::int32}), 2);
        }) == "max_pool: x is not floating. Expected: a floating dtype. Received: int32");
  CHECK(error_of<ShapeError>([] {
          ops::upsample(make_input({{3, 4}}), 2);
        }) ==
        "upsample: x has the wrong rank. Expected: [N, W, C], [N, H, W, C] or [N, D, H, W, C]. "
        "Received: x.shape=(3, 4)");
  CHECK(error_of<ShapeError>([&] {
          ops::upsample(x, {2, 0});
        }) ==
        "upsample: `size` does not fit. Expected: a positive integer up to 2147483647, or 2 of "
        "them: one for each "
        "spatial dimension. Received: [2, 0]");
}

}  // namespace weft::testing
