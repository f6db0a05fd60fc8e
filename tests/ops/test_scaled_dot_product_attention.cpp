#include <weft/core/ops/full.h>
#include <weft/core/ops/matmul.h>
#include <weft/core/ops/scaled_dot_product_attention.h>
#include <weft/core/ops/softmax.h>
#include <weft/core/ops/transpose.h>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

struct Sizes {
  std::int64_t n, t, s, h, d, e;
  std::vector<CaseInput> inputs() const { return {{{n, t, h, d}}, {{n, s, h, d}}, {{n, s, h, e}}}; }
};

using Sees = std::function<bool(const std::vector<Array>&, const Place&)>;  // of [N, H, T, S]

Sees everything() {
  return [](const std::vector<Array>&, const Place&) { return true; };
}
Sees causal() {
  return [](const std::vector<Array>&, const Place& p) { return p[3] <= p[2]; };
}
/// Input 3, of the scores' shape or with ones.
Sees masked() {
  return [](const std::vector<Array>& in, const Place& p) {
    Place at_mask = p;
    for (int i = 0; i < 4; ++i) {
      if (in[3].shape[i] == 1) at_mask[static_cast<std::size_t>(i)] = 0;
    }
    return at(in[3], at_mask) != 0;
  };
}

Array attention(const Sizes& z, const std::vector<Array>& in, double scale, const Sees& sees,
                bool zero) {
  return build({z.n, z.t, z.h, z.e}, [&](const Place& p) {
    const std::int64_t n = p[0], t = p[1], h = p[2];
    std::vector<double> score;
    double most = -1e300, sum = 0, out = 0;
    for (std::int64_t j = 0; j < z.s; ++j) {
      double dot = 0;
      for (std::int64_t c = 0; c < z.d; ++c)
        dot += at(in[0], {n, t, h, c}) * at(in[1], {n, j, h, c});
      score.push_back(sees(in, {n, h, t, j}) ? dot * scale : -2e38);
      most = std::max(most, score.back());
    }
    for (double x : score) sum += std::exp(x - most);
    for (std::int64_t j = 0; j < z.s; ++j) {
      const bool counts = !zero || sees(in, {n, h, t, j});
      const double p_j = std::exp(score[static_cast<std::size_t>(j)] - most) / sum;
      if (counts) out += p_j * at(in[2], {n, j, h, p[3]});
    }
    return out;
  });
}

void run_attention(const std::string& name, const Sizes& z, ops::DotProductAttentionOptions o,
                   const Sees& sees, const std::optional<Shape>& mask = {}) {
  const double scale = o.scale.value_or(1 / std::sqrt(static_cast<double>(z.d)));
  FunctionCase c{.name = name,
                 .inputs = z.inputs(),
                 .function =
                     [=](const std::vector<Tensor>& in) {
                       auto with = o;
                       if (mask) with.mask = in[3];
                       return ops::dot_product_attention(in[0], in[1], in[2], with);
                     },
                 .formula =
                     [=](const std::vector<Array>& in) {
                       return attention(z, in, scale, sees, o.zero_where_masked);
                     },
                 .gradient = z.t * z.s <= 20};
  // Not one value per row: some rows see nothing at all.
  if (mask) c.inputs.push_back({*mask, DType::boolean, 0, 2});
  run_function(c);
}

/// Values and gradients in a type, float32 by tiles, against those in float64 (the reference).
void compare_gradients(const Sizes& z, const ops::DotProductAttentionOptions& o,
                       const std::optional<Shape>& mask = {}, DType narrow = DType::float32,
                       double tolerance = 2e-5) {
  std::vector<Array> made[2];
  for (int wide = 0; wide < 2; ++wide) {
    std::vector<Tensor> in;
    for (std::size_t i = 0; i < 3; ++i) {
      const Tensor x = make_input(z.inputs()[i], i);
      in.push_back(x.astype(wide == 0 ? narrow : DType(DType::float64)));
    }
    auto with = o;
    if (mask) with.mask = make_input({*mask, DType::boolean, 0, 2}, 7);
    GradientTape tape;
    for (const Tensor& t : in) tape.watch(t);
    const Tensor y = ops::dot_product_attention(in[0], in[1], in[2], with);
    const Tensor w = make_input({y.shape(), y.dtype(), -1, 1}, 9).astype(y.dtype());
    made[wide].push_back(to_array(y));
    for (const Tensor& g : tape.gradient(ops::sum(y * w), in)) made[wide].push_back(to_array(g));
  }
  for (std::size_t i = 0; i < made[0].size(); ++i)
    check_close(made[0][i], made[1][i], tolerance,
                narrow.name() + " against float64, " + std::to_string(i));
}

}  // namespace

TEST_CASE("scaled_dot_product_attention: values, gradients, plans", "[conformance]") {
  run_attention("plain", {2, 3, 4, 2, 3, 2}, {}, everything());
  run_attention("scale", {1, 2, 3, 1, 2, 4}, {.scale = 0.7}, everything());
  run_attention("causal", {2, 4, 4, 2, 3, 3}, {.is_causal = true}, causal());
  run_attention("causal, more keys", {1, 3, 5, 2, 2, 3}, {.is_causal = true}, causal());
  run_attention("one", {1, 1, 1, 1, 1, 1}, {}, everything());
  run_attention("blocks", {1, 100, 97, 2, 17, 33}, {}, everything());
  run_attention("causal blocks", {2, 131, 131, 1, 32, 32}, {.is_causal = true}, causal());
}

TEST_CASE("scaled_dot_product_attention: masks", "[conformance]") {
  for (const bool zero : {false, true}) {
    const ops::DotProductAttentionOptions o = {.zero_where_masked = zero};
    run_attention("mask", {2, 3, 4, 2, 3, 2}, o, masked(), Shape{2, 2, 3, 4});
    run_attention("mask of keys", {2, 3, 4, 2, 3, 2}, o, masked(), Shape{2, 1, 1, 4});
    run_attention("mask of queries", {2, 3, 2, 2, 3, 2}, o, masked(), Shape{2, 1, 3, 1});
    run_attention("mask of heads", {1, 3, 4, 3, 3, 2}, o, masked(), Shape{1, 3, 1, 1});
    run_attention("large", {2, 70, 65, 2, 9, 8}, o, masked(), Shape{2, 1, 70, 65});
  }
  const Sees both = [](const std::vector<Array>& in, const Place& p) {
    return causal()(in, p) && masked()(in, p);
  };
  run_attention("causal and mask", {2, 4, 4, 2, 3, 2}, {.is_causal = true}, both,
                Shape{2, 1, 4, 4});
}

TEST_CASE("scaled_dot_product_attention: tiles and reference agree in the gradient", "[ops]") {
  compare_gradients({2, 100, 97, 2, 17, 33}, {});
  compare_gradients({1, 131, 131, 2, 32, 32}, {.is_causal = true});
  compare_gradients({2, 50, 40, 2, 8, 16}, {}, Shape{2, 1, 50, 40});
  compare_gradients({2, 50, 40, 2, 8, 16}, {.zero_where_masked = true}, Shape{2, 2, 1, 40});
  compare_gradients({2, 9, 10, 2, 8, 4}, {.dropout = 0.3, .seed = 5});
  compare_gradients({1, 60, 60, 2, 4, 4}, {.is_causal = true, .dropout = 0.5, .seed = 6});
}

TEST_CASE("scaled_dot_product_attention: half precision computes in float32", "[ops]") {
  compare_gradients({2, 20, 23, 2, 8, 5}, {}, {}, DType::float16, 4e-3);
  compare_gradients({2, 20, 23, 2, 8, 5}, {}, Shape{2, 1, 20, 23}, DType::bfloat16, 3e-2);
  // More features than a tile has: by products and a softmax.
  compare_gradients({1, 6, 7, 2, 130, 4}, {}, {}, DType::float16, 4e-3);
  compare_gradients({1, 6, 7, 2, 130, 4}, {}, {}, DType::bfloat16, 3e-2);
}

TEST_CASE("scaled_dot_product_attention drops what the dropout op drops", "[ops]") {
  const Sizes z{2, 7, 5, 3, 4, 2};
  std::vector<Tensor> in;
  for (std::size_t i = 0; i < 3; ++i) in.push_back(make_input(z.inputs()[i], i));
  const Tensor q = ops::transpose(in[0], {0, 2, 1, 3}), kt = ops::transpose(in[1], {0, 2, 3, 1}),
               v = ops::transpose(in[2], {0, 2, 1, 3});
  const Tensor p = random::dropout(ops::softmax(ops::matmul(q, kt) * 0.5f, -1), 0.4, {.seed = 11});
  const Tensor expected = ops::transpose(ops::matmul(p, v), {0, 2, 1, 3});
  const Tensor y =
      ops::dot_product_attention(in[0], in[1], in[2], {.scale = 0.5, .dropout = 0.4, .seed = 11});
  check_close(to_array(y), to_array(expected), 1e-5, "dropout");
}

TEST_CASE("scaled_dot_product_attention says what does not fit", "[errors]") {
  const auto x = [](const Shape& s, DType d = DType::float32) { return ops::zeros(s, d); };
  const auto message = [](auto f) { return test::error_of<ShapeError>(f); };
  CHECK(
      message([&] {
        ops::dot_product_attention(x({2, 3, 4}), x({2, 3, 4}), x({2, 3, 4}));
      }) ==
      "scaled_dot_product_attention: an operand has the wrong rank. Expected: rank 4: [N, T, "
      "heads, features]. Received: query.shape=(2, 3, 4), key.shape=(2, 3, 4), value.shape=(2, 3, "
      "4)");
  CHECK(
      message([&] {
        ops::dot_product_attention(x({2, 3, 2, 4}), x({2, 5, 2, 3}), x({2, 5, 2, 4}));
      }) ==
      "scaled_dot_product_attention: query, key and value do not fit. Expected: [N, T, H, D], [N, "
      "S, H, D] and [N, S, H, E]. Received: query.shape=(2, 3, 2, 4), key.shape=(2, 5, 2, 3), "
      "value.shape=(2, 5, 2, 4)");
  const Tensor q = x({2, 3, 2, 4});
  CHECK(message([&] {
          ops::dot_product_attention(q, q, q, {.mask = x({2, 2, 4, 3}, DType::boolean)});
        }) ==
        "scaled_dot_product_attention: the mask does not broadcast to the scores. Expected: (2, 2, "
        "3, 3) (batch, heads, query, key), or 1 in place of each. Received: (2, 2, 4, 3)");
  CHECK(test::error_of<DtypeError>([&] {
          ops::dot_product_attention(q, q, q, {.mask = x({2, 2, 3, 3})});
        }).find("the mask is of another dtype") != std::string::npos);
  CHECK(test::error_of<DtypeError>([&] {
          ops::dot_product_attention(q, q, q.astype(DType::float64));
        }).find("the dtypes do not fit") != std::string::npos);
  CHECK(test::error_of<Error>([&] {
          ops::dot_product_attention(q, q, q, {.dropout = 1.0});
        }).find("the dropout is out of range") != std::string::npos);
}

TEST_CASE("scaled_dot_product_attention has no second derivative, and says so", "[errors]") {
  const Tensor x = make_input({{1, 2, 1, 2}});
  CHECK(test::error_of<GraphError>([&] {
          GradientTape outer;
          outer.watch(x);
          GradientTape tape;
          tape.watch(x);
          const Tensor y = ops::sum(ops::dot_product_attention(x, x, x));
          outer.gradient(ops::sum(tape.gradient(y, std::vector<Tensor>{x})[0]),
                         std::vector<Tensor>{x});
        }).find("scaled_dot_product_attention") != std::string::npos);
}

}  // namespace weft::testing
