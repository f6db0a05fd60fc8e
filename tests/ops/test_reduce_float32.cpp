// The fast reductions of float32: long enough for chunks and strips, numbers that are no numbers,
// threads.
#include <weft/core/random.h>
#include <weft/core/settings.h>
#include <weft/ops.h>

#include <cmath>
#include <limits>

#include "tests/harness/catch.h"
#include "tests/harness/op_case.h"

namespace weft::testing {
namespace {

constexpr float nan = std::numeric_limits<float>::quiet_NaN();

struct Layout {
  Shape shape;
  std::vector<int> axes;
};

const std::vector<Layout> layouts = {{{100003}, {0}},          {{40001, 10}, {0}},
                                     {{3, 50001}, {1}},        {{2, 3001, 70}, {1}},
                                     {{700, 200}, {0}},        {{513, 64}, {0}},
                                     {{9, 17}, {1}},           {{31, 4097}, {1}},
                                     {{5, 6, 7, 33}, {1, 2}},  {{64, 9, 9, 20}, {0, 1, 2}},
                                     {{12, 1, 300}, {0, 1}},   {{4, 5, 6}, {0, 2}},
                                     {{5003, 64}, {0}},        {{8, 5, 2051}, {0, 2}},
                                     {{3, 33, 4, 65}, {1, 3}}, {{9001, 3, 2}, {1}},
                                     {{2, 16385}, {1}},        {{31, 33, 257}, {0, 2}}};

}  // namespace

TEST_CASE("Reductions of float32 agree with those of float64", "[conformance]") {
  for (const Layout& l : layouts) {
    INFO(l.shape.to_string());
    const Tensor x = make_input({l.shape}), wide = x.astype("float64");
    const auto close = [&](const Tensor& a, const Tensor& b) {
      check_close(to_array(a), to_array(b), 2e-6, "reduction");
    };
    close(ops::sum(x, {.axis = l.axes}), ops::sum(wide, {.axis = l.axes}));
    close(ops::mean(x, {.axis = l.axes}), ops::mean(wide, {.axis = l.axes}));
    CHECK(same_bits(ops::max(x, {.axis = l.axes}),
                    ops::max(wide, {.axis = l.axes}).astype("float32")));
    CHECK(same_bits(ops::min(x, {.axis = l.axes}),
                    ops::min(wide, {.axis = l.axes}).astype("float32")));
  }
}

TEST_CASE("Reductions of float32 give the same bits on any number of threads", "[conformance]") {
  const int before = num_threads();
  for (const Layout& l : layouts) {
    INFO(l.shape.to_string());
    const Tensor x = make_input({l.shape});
    set_num_threads(1);
    const Tensor one = ops::sum(x, {.axis = l.axes});
    set_num_threads(2);
    CHECK(same_bits(one, ops::sum(x, {.axis = l.axes})));
    set_num_threads(before);
  }
}

TEST_CASE("max, min, argmax and argmin: a NaN wins, the first of equals wins", "[conformance]") {
  for (const std::int64_t n : {5, 63, 64, 65, 200, 5000}) {
    std::vector<float> x(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) x[static_cast<std::size_t>(i)] = static_cast<float>(i % 5);
    const auto tensor = [&] { return Tensor::from(x).reshape({1, n}); };
    const auto place = [](const Tensor& t) {
      return t.astype("int64").to_vector<std::int64_t>()[0];
    };
    CHECK(place(ops::argmax(tensor(), {.axis = -1})) == 4);
    CHECK(place(ops::argmin(tensor(), {.axis = -1})) == 0);
    x[static_cast<std::size_t>(n - 2)] = nan;
    CHECK(place(ops::argmax(tensor(), {.axis = -1})) == n - 2);
    CHECK(place(ops::argmin(tensor(), {.axis = -1})) == n - 2);
    CHECK(std::isnan(ops::max(tensor()).item<float>()));
    CHECK(std::isnan(ops::min(tensor()).item<float>()));
    CHECK(std::isnan(ops::max(tensor(), {.axis = std::vector<int>{0}})
                         .to_vector<float>()[static_cast<std::size_t>(n - 2)]));
  }
}

TEST_CASE("dropout of float32 keeps what a uniform draw of the same state keeps", "[conformance]") {
  for (const std::int64_t n : {1, 3, 255, 256, 1027, 70001}) {
    const Tensor x = make_input({{n}, DType::float32, 0.5, 2});
    const Tensor kept = random::uniform({n}, {.seed = 7}) >= Tensor(0.3f);
    const Tensor expected =
        ops::where(kept, x * Tensor(static_cast<float>(1 / (1 - 0.3))), Tensor(0.0f));
    CHECK(same_bits(random::dropout(x, 0.3, {.seed = 7}), expected));
    // The elements of a longer draw begin with those of a shorter one.
    const std::vector<float> longer = random::uniform({n + 9}, {.seed = 7}).to_vector<float>();
    const std::vector<float> shorter = random::uniform({n}, {.seed = 7}).to_vector<float>();
    CHECK(std::equal(shorter.begin(), shorter.end(), longer.begin()));
  }
}

}  // namespace weft::testing
