#include <weft/core/ops/matmul.h>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

/// The dimensions before the last two, broadcast.
Shape result_shape(const Shape& a, const Shape& b, std::int64_t m, std::int64_t n) {
  Shape batch_a, batch_b;
  for (int i = 0; i + 2 < a.rank(); ++i) batch_a.push_back(a[i]);
  for (int i = 0; i + 2 < b.rank(); ++i) batch_b.push_back(b[i]);
  Shape out = ops::broadcast_shapes("test", batch_a, batch_b);
  out.push_back(m);
  out.push_back(n);
  return out;
}

/// The batch of `index` in an operand, then its own two indices.
Place place_in(const Shape& operand, const Place& index, std::int64_t row, std::int64_t column) {
  Place out;
  const int extra = static_cast<int>(index.size()) - operand.rank();
  for (int i = 0; i + 2 < operand.rank(); ++i) {
    out.push_back(operand[i] == 1 ? 0 : index[static_cast<std::size_t>(i + extra)]);
  }
  out.push_back(row);
  out.push_back(column);
  return out;
}

Array product(const Array& a, const Array& b, bool ta, bool tb) {
  const std::int64_t m = a.shape[ta ? -1 : -2], k = a.shape[ta ? -2 : -1],
                     n = b.shape[tb ? -2 : -1];
  return build(result_shape(a.shape, b.shape, m, n), [&](const Place& index) {
    const std::int64_t i = index[index.size() - 2], j = index.back();
    double sum = 0;
    for (std::int64_t x = 0; x < k; ++x) {
      sum += at(a, place_in(a.shape, index, ta ? x : i, ta ? i : x)) *
             at(b, place_in(b.shape, index, tb ? j : x, tb ? x : j));
    }
    return sum;
  });
}

}  // namespace

TEST_CASE("matmul: values, gradients and plans, transposed or not", "[conformance]") {
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const auto matrix = [](bool transposed, int rows, int columns) {
        return transposed ? Shape{columns, rows} : Shape{rows, columns};
      };
      run_case({.op = "matmul",
                .inputs = {{matrix(ta, 2, 3)}, {matrix(tb, 3, 4)}},
                .attrs = {{"transpose_a", ta}, {"transpose_b", tb}},
                .formula =
                    [=](const std::vector<Array>& in) {
                      return std::vector<Array>{product(in[0], in[1], ta, tb)};
                    },
                .second_order = true,
                .more_dtypes = {DType::float16, DType::bfloat16, DType::float64},
                .more_shapes = {{matrix(ta, 1, 1), matrix(tb, 1, 1)},
                                {matrix(ta, 9, 5), matrix(tb, 5, 3)},
                                {matrix(ta, 7, 4), matrix(tb, 4, 17)},
                                {matrix(ta, 0, 3), matrix(tb, 3, 4)},
                                {matrix(ta, 3, 0), matrix(tb, 0, 2)}}});
    }
  }
}

TEST_CASE("matmul: batches broadcast", "[conformance]") {
  run_case({.op = "matmul",
            .inputs = {{{2, 3, 4}}, {{2, 4, 5}}},
            .formula =
                [](const std::vector<Array>& in) {
                  return std::vector<Array>{product(in[0], in[1], false, false)};
                },
            .more_shapes = {{{3, 2, 4}, {4, 2}},
                            {{2, 3}, {4, 3, 2}},
                            {{2, 1, 2, 3}, {1, 3, 3, 2}},
                            {{2, 3, 2, 3}, {3, 3, 2}},
                            {{1, 2, 3}, {5, 3, 2}},
                            {{0, 2, 3}, {3, 2}}}});
}

TEST_CASE("matmul: many batches, and sizes around those of blocks", "[conformance]") {
  run_case({.op = "matmul",
            .inputs = {{{1, 16, 16}}, {{16, 16}}},
            .formula =
                [](const std::vector<Array>& in) {
                  return std::vector<Array>{product(in[0], in[1], false, false)};
                },
            .gradient = false,
            .more_dtypes = {DType::float16, DType::bfloat16, DType::float64},
            .more_shapes = {{{70, 3, 2}, {70, 2, 4}},
                            {{2, 5, 3, 17}, {5, 17, 33}},
                            {{17, 15}, {15, 31}},
                            {{33, 65}, {65, 16}},
                            {{3, 1, 17, 32}, {1, 24, 32, 15}}}});
}

TEST_CASE("matmul: integers", "[conformance]") {
  for (const DType dtype : {DType::int8, DType::int16, DType::int32, DType::int64, DType::uint8,
                            DType::uint16, DType::uint32, DType::uint64}) {
    const bool is_signed = dtype.name()[0] == 'i';
    const CaseInput a = {{3, 9}, dtype, is_signed ? -3.0 : 0.0, 4},
                    b = {{9, 18}, dtype, is_signed ? -3.0 : 0.0, 4};
    run_case({.op = "matmul",
              .inputs = {a, b},
              .formula =
                  [](const std::vector<Array>& in) {
                    return std::vector<Array>{product(in[0], in[1], false, false)};
                  },
              .tolerance = 0,
              .gradient = false,
              .output_dtypes = {dtype},
              .more_shapes = {{{2, 4, 5}, {5, 3}}}});
  }
  // They wrap around.
  const Tensor x = Tensor::from(std::vector<int>{100, 100, 100, -100}, {2, 2}).astype("int8");
  CHECK(ops::matmul(x, x).astype("int32").to_vector<int>() == std::vector<int>{32, 0, 0, 32});
  const Tensor bias = Tensor::from(std::vector<int>{100, 1}, {2}).astype("int8");
  CHECK(apply_one("matmul", {x, x, bias}).astype("int32").to_vector<int>() ==
        std::vector<int>{-124, 1, 100, 33});
}

TEST_CASE("matmul: large and odd sizes agree with sums in double", "[conformance]") {
  for (const auto& [m, k, n] :
       {std::array{64, 784, 64}, std::array{61, 127, 67}, std::array{1, 500, 33},
        std::array{130, 3, 1}, std::array{100, 300, 700}, std::array{2, 600, 90},
        std::array{1025, 31, 257}}) {
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        const Tensor a = make_input({ta ? Shape{k, m} : Shape{m, k}}, 1),
                     b = make_input({tb ? Shape{n, k} : Shape{k, n}}, 2);
        const Tensor c = apply_one("matmul", {a, b}, {{"transpose_a", ta}, {"transpose_b", tb}});
        const std::vector<double> x = to_array(a).values, y = to_array(b).values;
        Array expected{{m, n}, std::vector<double>(static_cast<std::size_t>(m * n), 0)};
        for (int i = 0; i < m; ++i) {
          for (int p = 0; p < k; ++p) {
            const double xip = x[static_cast<std::size_t>(ta ? p * m + i : i * k + p)];
            for (int j = 0; j < n; ++j) {
              expected.values[static_cast<std::size_t>(i * n + j)] +=
                  xip * y[static_cast<std::size_t>(tb ? j * k + p : p * n + j)];
            }
          }
        }
        check_close(to_array(c), expected, 1e-5, "matmul");
      }
    }
  }
}

TEST_CASE("matmul: a bias and an activation give the bits of the ops that they stand for",
          "[conformance]") {
  for (const DType dtype : {DType::float32, DType::float64, DType::bfloat16, DType::float16}) {
    for (const auto& [batch, m, k, n] : {std::array{1, 5, 7, 3}, std::array{2, 33, 40, 50},
                                         std::array{1, 1, 64, 10}, std::array{3, 64, 300, 17}}) {
      const Tensor a = make_input({{batch, m, k}}, 1).astype(dtype),
                   b = make_input({{k, n}}, 2).astype(dtype),
                   bias = make_input({{n}}, 3).astype(dtype);
      for (const char* activation : {"", "relu", "sigmoid", "tanh"}) {
        const bool none = std::string(activation).empty();
        const auto after = [&](const Tensor& x) { return none ? x : apply_one(activation, {x}); };
        const Config attrs = none ? Config() : Config{{"activation", activation}};
        const Tensor product = ops::matmul(a, b);
        CAPTURE(dtype.name(), batch, m, k, n, activation);
        CHECK(same_bits(apply_one("matmul", {a, b, bias}, attrs), after(product + bias)));
        CHECK(same_bits(apply_one("matmul", {a, b}, attrs), after(product)));
      }
    }
  }
}

TEST_CASE("matmul: a bias or an activation that does not fit is refused", "[errors]") {
  const Tensor a = make_input({{2, 3}}), b = make_input({{3, 4}}), bias = make_input({{4}});
  CHECK(test::error_of<ShapeError>([&] {
          apply_one("matmul", {a, b, make_input({{3}})});
        }) ==
        "matmul: the bias does not fit. Expected: bias.shape=(4,). Received: bias.shape=(3,)");
  CHECK(test::error_of<GraphError>([&] {
          apply_one("matmul", {a, b, bias}, {{"activation", "gelu"}});
        }) ==
        "matmul: no such activation is part of a product. Expected: 'relu', 'sigmoid' or "
        "'tanh'. Received: 'gelu'");
  const Tensor i = Tensor::from(std::vector<int>{1, 2, 3, 4}, {2, 2});
  CHECK(test::error_of<DtypeError>([&] {
          apply_one("matmul", {i, i}, {{"activation", "relu"}});
        }).find("Received: int32") != std::string::npos);
  GradientTape tape;
  tape.watch(a);
  const Tensor y = apply_one("matmul", {a, b, bias}, {{"activation", "relu"}});
  CHECK(test::error_of<GraphError>([&] {
          tape.gradient(y, {a});
        }).find("no gradient with a bias") != std::string::npos);
}

TEST_CASE("matmul: vectors are rows and columns, as in NumPy", "[conformance]") {
  const Tensor v = Tensor::of({1.f, 2.f, 3.f}),
               m = Tensor::from(std::vector<float>{1, 2, 3, 4, 5, 6}, {3, 2});
  CHECK(ops::matmul(v, v).shape() == Shape{});
  CHECK(ops::matmul(v, v).item() == 14);
  CHECK(ops::matmul(v, m).to_vector<float>() == std::vector<float>{22, 28});
  CHECK(ops::matmul(m.reshape({2, 3}), v).to_vector<float>() == std::vector<float>{14, 32});
  const Tensor i = Tensor::from(std::vector<int>{1, 2, 3, 4}, {2, 2});
  CHECK(ops::matmul(i, i).to_vector<int>() == std::vector<int>{7, 10, 15, 22});
}

TEST_CASE("matmul says what does not fit", "[errors]") {
  const Tensor a = make_input({{2, 3}}), b = make_input({{4, 5}});
  CHECK(test::error_of<ShapeError>([&] { ops::matmul(a, b); }) ==
        "matmul: the inner dimensions differ. Expected: x1.shape[-1] == x2.shape[-2], here 3 and "
        "4. Received: x1.shape=(2, 3), "
        "x2.shape=(4, 5)");
  CHECK(test::error_of<ShapeError>([&] { ops::matmul(a, Tensor(2.0f)); }) ==
        "matmul: an operand is a scalar. Expected: vectors or matrices (use * for scalars). "
        "Received: x1.shape=(2, 3), x2.shape=()");
}

}  // namespace weft::testing
