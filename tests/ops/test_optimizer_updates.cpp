// The optimizer ops against the same formulas written with pointwise ops: the same bits, in every
// dtype, for several variables at once.
#include <weft/core/error.h>
#include <weft/core/settings.h>
#include <weft/ops.h>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"
#include "tests/harness/op_case.h"

namespace weft::testing {
namespace {

struct Data {
  Tensor rate;
  std::vector<std::vector<Tensor>> lists;  // variables, gradients, slots

  Data(const std::vector<Shape>& shapes, std::size_t slots, DType dtype)
      : rate(Tensor(0.01).astype(dtype)) {
    for (std::size_t list = 0; list < slots + 2; ++list) {
      lists.emplace_back();
      for (std::size_t i = 0; i < shapes.size(); ++i) {
        const double low = list < 2 ? -2 : 0.01;  // slots are averages of squares
        lists.back().push_back(
            make_input({shapes[i], DType::float32, low, 2}, 10 * list + i).astype(dtype));
      }
    }
  }

  std::vector<Tensor> inputs() const {
    std::vector<Tensor> all = {rate};
    for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
    return all;
  }
};

const std::vector<Shape> shapes = {{3, 5}, {7}, {}, {300, 101}, {0, 4}, {1}, {20000}};

/// `formula` gives the new variable and slots of one.
template <class F>
void check(const char* op, const Config& attrs, std::size_t slots, F formula) {
  for (const DType dtype : {DType::float32, DType::float64, DType::float16, DType::bfloat16}) {
    INFO(op << " " << dtype.name());
    const Data d(shapes, slots, dtype);
    const std::vector<Tensor> received = apply(find_op(op), d.inputs(), attrs);
    REQUIRE(received.size() == shapes.size() * (slots + 1));
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      std::vector<Tensor> s;
      for (std::size_t k = 0; k < slots; ++k) s.push_back(d.lists[2 + k][i]);
      const std::vector<Tensor> expected = formula(d.rate, d.lists[0][i], d.lists[1][i], s);
      for (std::size_t k = 0; k <= slots; ++k)
        CHECK(same_bits(received[k * shapes.size() + i], expected[k]));
    }
  }
}

using List = std::vector<Tensor>;
using T = const Tensor&;

}  // namespace

TEST_CASE("sgd_update", "[conformance]") {
  check("sgd_update", {{"momentum", 0.0}, {"nesterov", false}}, 0,
        [](T rate, T w, T g, const List&) { return List{w - g * rate}; });
  for (const bool nesterov : {false, true}) {
    check("sgd_update", {{"momentum", 0.9}, {"nesterov", nesterov}}, 1,
          [=](T rate, T w, T g, const List& s) {
            const Tensor step = g * rate, m = s[0] * 0.9 - step;
            return List{w + (nesterov ? m * 0.9 - step : m), m};
          });
  }
}

TEST_CASE("rmsprop_update", "[conformance]") {
  for (const double momentum : {0.0, 0.9}) {
    for (const bool centered : {false, true}) {
      const std::size_t slots = 1 + (momentum > 0 ? 1 : 0) + (centered ? 1 : 0);
      check("rmsprop_update",
            {{"rho", 0.9}, {"momentum", momentum}, {"epsilon", 0.5}, {"centered", centered}}, slots,
            [=](T rate, T w, T g, const List& s) {
              const Tensor velocity = 0.9 * s[0] + (1.0 - 0.9) * ops::square(g);
              List out = {w, velocity};
              Tensor denominator = velocity;
              Tensor average;
              if (centered) {
                average = 0.9 * s[slots - 1] + (1.0 - 0.9) * g;
                denominator = denominator - ops::square(average);
              }
              Tensor increment = rate * g / ops::sqrt(denominator + 0.5);
              if (momentum > 0) {
                increment = momentum * s[1] + increment;
                out.push_back(increment);
              }
              if (centered) out.push_back(average);
              out[0] = w - increment;
              return out;
            });
    }
  }
}

TEST_CASE("adam_update", "[conformance]") {
  for (const bool amsgrad : {false, true}) {
    check("adam_update",
          {{"beta_1", 0.9}, {"beta_2", 0.999}, {"epsilon", 1e-3}, {"amsgrad", amsgrad}},
          amsgrad ? 3 : 2, [=](T alpha, T w, T g, const List& s) {
            const Tensor m = s[0] + (g - s[0]) * (1.0 - 0.9);
            const Tensor v = s[1] + (ops::square(g) - s[1]) * (1.0 - 0.999);
            const Tensor h = amsgrad ? ops::maximum(s[2], v) : v;
            List out = {w - m * alpha / (ops::sqrt(h) + 1e-3), m, v};
            if (amsgrad) out.push_back(h);
            return out;
          });
  }
}

TEST_CASE("The optimizer ops give the same bits on any number of threads", "[conformance]") {
  const int before = num_threads();
  const Data d({{70001}, {40, 999}}, 1, DType::float32);
  const Config attrs = {{"rho", 0.9}, {"momentum", 0.0}, {"epsilon", 1e-7}, {"centered", false}};
  set_num_threads(1);
  const List one = apply(find_op("rmsprop_update"), d.inputs(), attrs);
  set_num_threads(2);
  const List two = apply(find_op("rmsprop_update"), d.inputs(), attrs);
  set_num_threads(before);
  for (std::size_t i = 0; i < one.size(); ++i) CHECK(same_bits(one[i], two[i]));
}

TEST_CASE("The optimizer ops say what does not fit", "[errors]") {
  const Tensor x = make_input({{2, 3}}), y = make_input({{3}}), rate(0.1f);
  const Config attrs = {{"momentum", 0.0}, {"nesterov", false}};
  CHECK(test::error_of<GraphError>([&] {
          apply(find_op("sgd_update"), {rate, x}, attrs);
        }) ==
        "sgd_update: wrong number of inputs. Expected: a rate, and 2 for each variable. Received: "
        "2");
  CHECK(test::error_of<ShapeError>([&] {
          apply(find_op("sgd_update"), {rate, x, y}, attrs);
        }) ==
        "sgd_update: input 2 has not the shape of its variable. Expected: (2, 3). Received: (3,)");
  CHECK(test::error_of<ShapeError>([&] {
          apply(find_op("sgd_update"), {y, x, x}, attrs);
        }) == "sgd_update: the rate is no number. Expected: (). Received: (3,)");
}

}  // namespace weft::testing
