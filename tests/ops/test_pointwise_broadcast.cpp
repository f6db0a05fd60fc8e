// The loops that a broadcast picks are all of the same op: random shapes, against index arithmetic.
#include <weft/core/backend.h>
#include <weft/core/ops/pointwise/maximum.h>
#include <weft/core/ops/pointwise/minimum.h>
#include <weft/core/ops/pointwise/subtract.h>
#include <weft/core/ops/pointwise/where.h>

#include <cmath>
#include <cstring>
#include <random>

#include "backends/cpu/kernels/pointwise/block.hpp"
#include "tests/harness/catch.h"
#include "tests/harness/op_case.h"

namespace weft::testing {
namespace {

Shape random_shape(std::mt19937& random, int max_rank) {
  Shape shape;
  const int rank = static_cast<int>(random() % static_cast<unsigned>(max_rank + 1));
  for (int i = 0; i < rank; ++i) shape.push_back(static_cast<int>(random() % 4) + 1);
  return shape;
}

/// A shape that broadcasts to `full`: leading axes dropped, others made 1.
Shape random_part(std::mt19937& random, const Shape& full) {
  Shape shape;
  const int dropped =
      full.rank() == 0 ? 0 : static_cast<int>(random() % static_cast<unsigned>(full.rank() + 1));
  for (int i = random() % 3 == 0 ? dropped : 0; i < full.rank(); ++i)
    shape.push_back(random() % 3 == 0 ? Dim(1) : full[i]);
  return shape;
}

Shape aligned(std::string_view op, const std::vector<Shape>& shapes) {
  Shape out;
  for (const Shape& s : shapes) out = ops::broadcast_shapes(op, out, s);
  return out;
}

}  // namespace

TEST_CASE("every broadcast of two or three random shapes equals index arithmetic",
          "[conformance]") {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    const Shape full = random_shape(random, 5);
    const CaseInput a{random_part(random, full)}, b{random_part(random, full)};
    const CaseInput c{random_part(random, full), DType::boolean};
    const Tensor x = make_input(a, 1), y = make_input(b, 2), z = make_input(c, 3);
    check_close(
        to_array(ops::subtract(x, y)),
        map(to_array(x), to_array(y), [](double p, double q) { return float(p) - float(q); }), 1e-6,
        a.shape.to_string() + " - " + b.shape.to_string());
    check_close(to_array(ops::where(z, x, y)),
                map(to_array(z), to_array(x), to_array(y),
                    [](double p, double q, double r) { return p != 0 ? q : r; }),
                0, c.shape.to_string() + " ? " + a.shape.to_string() + " : " + b.shape.to_string());
  }
}

TEST_CASE("a broadcast operand gives the bits of the same operand written out", "[conformance]") {
  std::mt19937 random(11);
  for (const DType dtype : {DType::float32, DType::float64, DType::float16, DType::bfloat16,
                            DType::int32, DType::int8}) {
    for (const Shape& part : {Shape{}, Shape{1}, Shape{37}, Shape{19, 1}, Shape{5, 1, 1},
                              Shape{5, 1, 37}, Shape{1, 19, 37}}) {
      const Shape full{5, 19, 37};
      const Tensor x = make_input({full, dtype, -50, 50}, random()),
                   small = make_input({part, dtype, -50, 50}, random());
      const Array written_out = map(Array{full, std::vector<double>(5 * 19 * 37)}, to_array(small),
                                    [](double, double v) { return v; });
      const Tensor whole = Tensor::from(written_out.values, full).astype(dtype);
      INFO(dtype.name() << part.to_string());
      CHECK(same_bits(x + small, x + whole));
      CHECK(same_bits(small - x, whole - x));
      CHECK(same_bits(x < small, x < whole));
    }
  }
}

TEST_CASE("pointwise ops around the sizes of vectors and blocks", "[conformance]") {
  for (const DType dtype : {DType::float32, DType::float64, DType::bfloat16, DType::uint8,
                            DType::int32, DType::uint16, DType::int64}) {
    for (const int columns : {1, 8, 31, 32, 33, 64, 255, 256, 257, 1025}) {
      const Shape full{3, columns};
      INFO(dtype.name() << full.to_string());
      const Tensor x = make_input({full, dtype, 1, 100}, 1);
      for (const Shape& part : {Shape{}, Shape{columns}, Shape{3, 1}, Shape{3, columns}}) {
        const Tensor y = make_input({part, dtype, 1, 100}, 2);
        check_close(to_array(ops::maximum(x, y)),
                    map(to_array(x), to_array(y), [](double a, double b) { return a > b ? a : b; }),
                    0, "maximum " + part.to_string());
        check_close(to_array(ops::where(x > y, y, x)),
                    map(to_array(x), to_array(y), [](double a, double b) { return a > b ? b : a; }),
                    0, "where " + part.to_string());
      }
      // Parts of a tensor begin anywhere.
      const Tensor rest = x.slice({Slice{1, {}, {}}, All});
      CHECK(same_bits(ops::minimum(rest, rest), rest));
      CHECK(same_bits(
          ops::minimum(rest, x.slice({Slice{0, 1, {}}, All})),
          ops::minimum(x, x.slice({Slice{0, 1, {}}, All})).slice({Slice{1, {}, {}}, All})));
    }
  }
}

TEST_CASE("equal shapes are one loop, a trailing row is one loop over rows", "[conformance]") {
  const auto geometry = [](const std::vector<Shape>& shapes) {
    std::vector<TensorSpec> specs;
    for (const Shape& s : shapes) specs.push_back({s, DType::float32});
    return cpu::make_geometry(aligned("test", shapes), specs);
  };
  const cpu::Geometry same = geometry({{2, 3, 4}, {2, 3, 4}});
  CHECK(same.block.rows == 1);
  CHECK(same.block.columns == 24);
  CHECK(same.outer_rank == 0);
  const cpu::Geometry row = geometry({{2, 3, 4}, {4}});
  CHECK(row.block.rows == 6);
  CHECK(row.block.columns == 4);
  CHECK(row.block.row_stride[0] == 4);
  CHECK(row.block.row_stride[1] == 0);
  CHECK(row.outer_rank == 0);
  const cpu::Geometry scalar = geometry({{2, 3, 4}, {}});
  CHECK(scalar.block.rows == 1);
  CHECK(scalar.block.column_stride[1] == 0);
  const cpu::Geometry leading = geometry({{2, 3, 4}, {2, 1, 1}});
  CHECK(leading.block.rows == 2);
  CHECK(leading.block.columns == 12);
  const cpu::Geometry deep = geometry({{2, 1, 3, 1}, {1, 5, 1, 7}});
  CHECK(deep.outer_rank == 2);
  CHECK(deep.blocks == 10);
  CHECK(geometry({{0, 3}, {3}}).blocks == 0);
}

TEST_CASE("a pointwise kernel may write over its input", "[conformance]") {
  const Tensor x = make_input({{1000}}, 1), y = make_input({{1000}}, 2);
  const OpDef& op = find_op("multiply");
  const std::vector<TensorSpec> specs(2, {{1000}, DType::float32});
  const std::vector<TensorSpec> out = {{{1000}, DType::float32}};
  const PreparedKernel kernel = backend("cpu").kernels().prepare({op, {}, specs, out});
  CHECK(kernel.workspace_bytes == 0);
  CHECK_FALSE(kernel.reference);
  std::vector<float> a = x.to_vector<float>(), b = y.to_vector<float>();
  const std::vector<float> expected = (x * y).to_vector<float>();
  const void* in[] = {a.data(), b.data()};
  void* over_a[] = {a.data()};
  kernel.run({in, over_a, nullptr, nullptr});
  CHECK(a == expected);
  std::vector<float> c = x.to_vector<float>();
  const void* squares[] = {c.data(), c.data()};
  void* over_c[] = {c.data()};
  kernel.run({squares, over_c, nullptr, nullptr});
  CHECK(c == (x * x).to_vector<float>());
}

}  // namespace weft::testing
