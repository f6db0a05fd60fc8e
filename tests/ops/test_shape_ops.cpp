// reshape, expand_dims, squeeze, transpose, broadcast_to, concatenate, stack, split, repeat, tile,
// flip, pad, slice: elements are moved, and counted with index arithmetic.
#include <weft/core/ops/broadcast_to.h>
#include <weft/core/ops/concatenate.h>
#include <weft/core/ops/expand_dims.h>
#include <weft/core/ops/flip.h>
#include <weft/core/ops/pad.h>
#include <weft/core/ops/repeat.h>
#include <weft/core/ops/reshape.h>
#include <weft/core/ops/slice.h>
#include <weft/core/ops/split.h>
#include <weft/core/ops/squeeze.h>
#include <weft/core/ops/stack.h>
#include <weft/core/ops/transpose.h>
#include <weft/ops.h>

#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

using Arrays = std::vector<Array>;

const std::vector<DType> every_size = {DType::float64, DType::float16, DType::bfloat16};

std::vector<TensorSpec> infer(const char* op, const std::vector<TensorSpec>& inputs,
                              const Config& attrs) {
  return find_op(op).infer(inputs, attrs);
}

}  // namespace

TEST_CASE("reshape, expand_dims and squeeze keep the elements in order", "[conformance]") {
  const auto to = [](Shape shape) {
    return [=](const Arrays& in) { return Arrays{{shape, in[0].values}}; };
  };
  run_case({.op = "reshape",
            .inputs = {{{2, 3, 4}}},
            .attrs = {{"shape", Shape{6, -1}}},
            .formula = to({6, 4}),
            .second_order = true,
            .more_dtypes = every_size});
  run_case({.op = "reshape",
            .inputs = {{{2, 3, 4}}},
            .attrs = {{"shape", Shape{None, -1}}},
            .formula = to({2, 12})});
  run_case({.op = "reshape",
            .inputs = {{{0, 3}}},
            .attrs = {{"shape", Shape{3, 0}}},
            .formula = to({3, 0})});
  run_case({.op = "expand_dims",
            .inputs = {{{2, 3}}},
            .attrs = {{"axis", {0, -1}}},
            .formula = to({1, 2, 3, 1})});
  run_case({.op = "squeeze",
            .inputs = {{{2, 1, 3, 1}}},
            .attrs = {{"axis", {1}}},
            .formula = to({2, 3, 1})});
  CHECK(ops::squeeze(make_input({{1, 2, 1}})).shape() == Shape{2});
}

TEST_CASE("reshape passes None on", "[conformance]") {
  const auto shape = [](Shape from, Shape to) {
    return infer("reshape", {{from, DType::float32}}, {{"shape", to}})[0].shape;
  };
  CHECK(shape({None, 4, 6}, {None, -1}) == Shape{None, 24});
  CHECK(shape({None, 4, 6}, {-1, 24}) == Shape{None, 24});
  CHECK(shape({None, 4, 6}, {-1, 12}) == Shape{None, 12});
  CHECK(shape({None, None, 6}, {None, None, 2, 3}) == Shape{None, None, 2, 3});
  CHECK(shape({5, 4, 6}, {None, 24}) == Shape{5, 24});
  CHECK(shape({5, 4, 6}, {None, None, 2, 3}) == Shape{5, 4, 2, 3});
}

TEST_CASE("transpose", "[conformance]") {
  const std::vector<std::vector<int>> orders = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                                {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (const auto& order : orders) {
    OpCase c{
        .op = "transpose",
        .inputs = {{{2, 3, 4}}},
        .attrs = {{"axes", order}},
        .formula =
            [=](const Arrays& in) {
              const Shape& s = in[0].shape;
              return Arrays{build({s[order[0]], s[order[1]], s[order[2]]}, [&](const Place& index) {
                Place from(3);
                for (std::size_t i = 0; i < 3; ++i)
                  from[static_cast<std::size_t>(order[i])] = index[i];
                return at(in[0], from);
              })};
            },
        .second_order = true,
        .more_dtypes = every_size,
        .more_shapes = {{{1, 1, 1}}, {{2, 0, 3}}}};
    run_case(c);
    c.gradient = c.second_order = false;  // larger than a tile of the kernel
    c.more_shapes = {{{17, 33, 5}}, {{3, 1, 40}}, {{18, 2, 65}}, {{2, 45, 70}}, {{33, 9, 8}}};
    run_case(c);
  }
  CHECK(ops::transpose(make_input({{2, 3, 4}})).shape() == Shape{4, 3, 2});
  CHECK(ops::moveaxis(make_input({{2, 3, 4}}), 0, -1).shape() == Shape{3, 4, 2});
  CHECK(ops::swapaxes(make_input({{2, 3, 4}}), 0, -1).shape() == Shape{4, 3, 2});
}

TEST_CASE("broadcast_to", "[conformance]") {
  for (const Shape& from :
       {Shape{}, Shape{1}, Shape{4}, Shape{3, 1}, Shape{1, 4}, Shape{2, 3, 4}, Shape{2, 1, 1}}) {
    run_case({.op = "broadcast_to",
              .inputs = {{from}},
              .attrs = {{"shape", Shape{2, 3, 4}}},
              .formula =
                  [=](const Arrays& in) {
                    return Arrays{build({2, 3, 4}, [&](const Place& index) {
                      Place place;
                      for (int i = 0; i < from.rank(); ++i) {
                        place.push_back(from[i] == 1
                                            ? 0
                                            : index[static_cast<std::size_t>(i + 3 - from.rank())]);
                      }
                      return at(in[0], place);
                    })};
                  },
              .second_order = true,
              .abstract = false,
              .more_dtypes = every_size});
  }
}

TEST_CASE("broadcast_to of more than a block", "[conformance]") {
  for (const Shape& from : {Shape{}, Shape{64}, Shape{33, 1}, Shape{5, 1, 64}, Shape{5, 33, 1}}) {
    for (const std::int64_t last : {64, 65}) {
      Shape x = from;
      if (x.rank() > 0 && x[-1] == 64) x.set(-1, last);
      const Shape to{5, 33, last};
      const Tensor y = make_input({x});
      const Array in = to_array(y);
      const Array expected = build(to, [&](const Place& index) {
        Place place;
        for (int i = 0; i < x.rank(); ++i) {
          place.push_back(x[i] == 1 ? 0 : index[static_cast<std::size_t>(i + 3 - x.rank())]);
        }
        return at(in, place);
      });
      for (const DType dtype : {DType::float32, DType::float16, DType::float64}) {
        const Tensor made = ops::broadcast_to(y.astype(dtype), to);
        CHECK(same_bits(made, ops::broadcast_to(y, to).astype(dtype)));
      }
      check_close(to_array(ops::broadcast_to(y, to)), expected, 0, "broadcast_to");
    }
  }
}

TEST_CASE("concatenate and stack", "[conformance]") {
  for (const int axis : {0, 1, -1}) {
    const auto joined = [=](const Arrays& in) {
      const int place = axis < 0 ? axis + 3 : axis;
      const auto p = static_cast<std::size_t>(place);
      Shape shape = in[0].shape;
      shape.set(place, in[0].shape[place] + in[1].shape[place]);
      return Arrays{build(shape, [&](Place index) {
        const std::int64_t first = in[0].shape[place];
        if (index[p] < first) return at(in[0], index);
        index[p] -= first;
        return at(in[1], index);
      })};
    };
    const auto shapes = [=](int a, int b) {
      Shape x{2, 3, 2}, y{2, 3, 2};
      x.set(axis, a);
      y.set(axis, b);
      return std::vector<Shape>{x, y};
    };
    run_case(
        {.op = "concatenate",
         .inputs = {{shapes(2, 3)[0]}, {shapes(2, 3)[1]}},
         .attrs = {{"axis", axis}},
         .formula = joined,
         .second_order = true,
         .more_dtypes = every_size,
         .more_shapes = {shapes(1, 1), shapes(7, 2), shapes(0, 2), shapes(2, 0), shapes(4, 8)}});
  }
  const Tensor a = Tensor::of({1, 2}), b = Tensor::of({3, 4});
  CHECK(ops::stack({a, b}).to_vector<int>() == std::vector<int>{1, 2, 3, 4});
  CHECK(ops::stack({a, b}, -1).to_vector<int>() == std::vector<int>{1, 3, 2, 4});
  CHECK(ops::stack({a, b}, 1).shape() == Shape{2, 2});
}

TEST_CASE("slice: Python's ranges", "[conformance]") {
  // {start, stop, step} along the middle axis of 7, and the places that Python names.
  struct Range {
    std::optional<std::int64_t> start, stop;
    std::int64_t step;
    std::vector<std::int64_t> places;
  };
  const std::vector<Range> ranges = {{{}, {}, 1, {0, 1, 2, 3, 4, 5, 6}},
                                     {2, 5, 1, {2, 3, 4}},
                                     {-3, {}, 1, {4, 5, 6}},
                                     {{}, -5, 1, {0, 1}},
                                     {1, 100, 3, {1, 4}},
                                     {{}, {}, -1, {6, 5, 4, 3, 2, 1, 0}},
                                     {5, 1, -2, {5, 3}},
                                     {100, {}, -3, {6, 3, 0}},
                                     {3, 3, 1, {}},
                                     {5, 2, 1, {}},
                                     {{}, {}, 7, {0}}};
  for (const Range& r : ranges) {
    using Maybe = std::vector<std::optional<std::int64_t>>;
    run_case({.op = "slice",
              .inputs = {{{2, 7, 3}}},
              .attrs = {{"start", Maybe{{}, r.start}},
                        {"stop", Maybe{{}, r.stop}},
                        {"step", std::vector<int>{1, static_cast<int>(r.step)}}},
              .formula =
                  [=](const Arrays& in) {
                    const Shape& s = in[0].shape;
                    return Arrays{build({s[0], r.places.size(), s[2]}, [&](const Place& index) {
                      return at(in[0],
                                {index[0], r.places[static_cast<std::size_t>(index[1])], index[2]});
                    })};
                  },
              .second_order = true,
              .more_dtypes = every_size,
              .more_shapes = {{{1, 7, 8}}, {{3, 7, 1}}}});
  }
}

TEST_CASE("getitem and Tensor::slice drop axes of single indices", "[conformance]") {
  const Tensor x = Tensor::from(std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, {2, 3, 2});
  CHECK(ops::getitem(x, {All, -1}).to_vector<int>() == std::vector<int>{4, 5, 10, 11});
  CHECK(ops::getitem(x, {All, -1}).shape() == Shape{2, 2});
  CHECK(x.slice({1, Slice{0, 2, {}}, 1}).to_vector<int>() == std::vector<int>{7, 9});
  CHECK(x[1][0].to_vector<int>() == std::vector<int>{6, 7});
  CHECK(ops::slice(x, {0, 1, 0}, {2, -1, 1}).to_vector<int>() == std::vector<int>{2, 4, 8, 10});
}

TEST_CASE("split and unstack are the inverses of concatenate and stack", "[conformance]") {
  const Tensor x = make_input({{6, 4}});
  const auto parts = ops::split(x, 3, 0);
  REQUIRE(parts.size() == 3);
  CHECK(same_bits(ops::concatenate(parts, 0), x));
  const auto uneven = ops::split(x, std::vector<int>{1, 3}, 1);
  REQUIRE(uneven.size() == 3);
  CHECK(uneven[1].shape() == Shape{6, 2});
  CHECK(same_bits(ops::concatenate(uneven, 1), x));
  for (const std::int64_t width : {1, 3, 4}) {  // more than one launch takes
    const Tensor wide = make_input({{5, 150 * width}});
    CHECK(same_bits(ops::concatenate(ops::split(wide, 150, 1), 1), wide));
  }
  const auto rows = ops::unstack(x, -1, 1);
  REQUIRE(rows.size() == 4);
  CHECK(same_bits(ops::stack(rows, 1), x));
}

TEST_CASE("repeat, tile, flip and pad", "[conformance]") {
  for (const int axis : {0, 1, 2}) {
    const auto a = static_cast<std::size_t>(axis);
    for (const std::int64_t n : {0, 1, 3}) {
      const auto repeated = [=](bool tiled) {
        return [=](const Arrays& in) {
          Shape shape = in[0].shape;
          shape.set(axis, shape[axis] * n);
          return Arrays{build(shape, [&](Place index) {
            index[a] = tiled ? index[a] % in[0].shape[axis] : index[a] / n;
            return at(in[0], index);
          })};
        };
      };
      const Config attrs{{"axis", axis}, {"repeats", n}};
      run_case({.op = "repeat",
                .inputs = {{{2, 3, 2}}},
                .attrs = attrs,
                .formula = repeated(false),
                .more_dtypes = every_size,
                .more_shapes = {{{1, 1, 1}}, {{5, 2, 7}}, {{2, 0, 1}}, {{1, 3, 8}}}});
      run_case({.op = "tile_axis",
                .inputs = {{{2, 3, 2}}},
                .attrs = attrs,
                .formula = repeated(true),
                .more_dtypes = every_size,
                .more_shapes = {{{1, 1, 1}}, {{5, 2, 7}}, {{2, 0, 1}}, {{1, 3, 8}}}});
    }
  }
  const Tensor x = Tensor::of({{1, 2}, {3, 4}});
  CHECK(ops::tile(x, {2, 1}).to_vector<int>() == std::vector<int>{1, 2, 3, 4, 1, 2, 3, 4});
  CHECK(ops::tile(x, {2, 1, 2}).shape() == Shape{2, 2, 4});
  CHECK(ops::repeat(x, 2).to_vector<int>() == std::vector<int>{1, 1, 2, 2, 3, 3, 4, 4});
  CHECK(ops::flip(x).to_vector<int>() == std::vector<int>{4, 3, 2, 1});
  CHECK(ops::flip(x, 1).to_vector<int>() == std::vector<int>{2, 1, 4, 3});
  run_case({.op = "pad",
            .inputs = {{{2, 3}}},
            .attrs = {{"pad_width", std::vector<std::vector<int>>{{1, 0}, {2, 3}}},
                      {"constant_values", 1.5}},
            .formula =
                [](const Arrays& in) {
                  const Shape& s = in[0].shape;
                  return Arrays{build({s[0] + 1, s[1] + 5}, [&](const Place& p) {
                    return p[0] < 1 || p[1] < 2 || p[1] >= 2 + s[1]
                               ? 1.5
                               : at(in[0], {p[0] - 1, p[1] - 2});
                  })};
                },
            .second_order = true,
            .more_dtypes = every_size,
            .more_shapes = {{{1, 1}}, {{0, 4}}, {{9, 7}}}});
}

TEST_CASE("pad, slice and their inverses on more than a block", "[conformance]") {
  for (const Shape& shape : {Shape{2, 31, 8, 16}, Shape{3, 33, 5, 3}, Shape{1, 1, 1025, 4}}) {
    for (const std::int64_t last : {0, 4, 5}) {
      const Tensor x = make_input({shape});
      for (const DType dtype : {DType::float32, DType::bfloat16, DType::int8}) {
        INFO(shape.to_string() << " " << last << " " << dtype.name());
        const Tensor t = (x * 50.0f).astype(dtype);
        const Tensor padded = ops::pad(t, {{1, 0}, {2, 1}, {0, 3}, {last, last}});
        CHECK(same_bits(ops::slice(padded, {1, 2, 0, last}, shape), t));
        CHECK(same_bits(ops::sum(ops::absolute(padded.astype("float64"))),
                        ops::sum(ops::absolute(t.astype("float64")))));
      }
      GradientTape tape;
      tape.watch(x);
      const Tensor part = ops::getitem(x, {All, Slice{{}, {}, -2}, Slice{0, {}, 3}});
      const Tensor g = tape.gradient(ops::sum(ops::square(part)), std::vector<Tensor>{x})[0];
      CHECK(same_bits(ops::getitem(g, {All, Slice{{}, {}, -2}, Slice{0, {}, 3}}), part * 2.0f));
      check_close(to_array(ops::sum(ops::absolute(g))),
                  to_array(ops::sum(ops::absolute(part * 2.0f))), 1e-5, "the rest is 0");
    }
  }
}

TEST_CASE("moving ops move every dtype", "[conformance]") {
  for (const DType dtype : {DType::boolean, DType::uint8, DType::int8, DType::int16, DType::uint16,
                            DType::int32, DType::uint32, DType::int64, DType::uint64}) {
    const Tensor x = make_input({{3, 4}, dtype, 0, 100});
    CHECK(same_bits(ops::transpose(ops::transpose(x)), x));
    CHECK(same_bits(ops::flip(ops::flip(x)), x));
    CHECK(same_bits(ops::concatenate(ops::split(x, 2, 1), 1), x));
    CHECK(same_bits(ops::broadcast_to(ops::reshape(x, {1, 3, 4}), {2, 3, 4})[1], x));
    CHECK(same_bits(ops::pad(x, {{1, 1}, {0, 2}}).slice({Slice{1, 4, {}}, Slice{0, 4, {}}}), x));
  }
}

TEST_CASE("shape ops say what is wrong", "[errors]") {
  const Tensor x = make_input({{2, 3}});
  CHECK(test::error_of<ShapeError>([&] {
          x.reshape({4, 2});
        }) ==
        "reshape: the sizes differ. Expected: a shape of 6 elements. Received: x.shape=(2, 3), "
        "newshape=(4, 2)");
  CHECK(test::error_of<ShapeError>([&] {
          x.reshape({-1, 4});
        }) ==
        "reshape: -1 cannot be inferred. Expected: a shape of 6 elements. Received: x.shape=(2, "
        "3), newshape=(-1, 4)");
  CHECK(test::error_of<ShapeError>([&] { ops::squeeze(x, 0); }) ==
        "squeeze: axis 0 cannot be dropped. Expected: size 1. Received: size 2 of x.shape=(2, 3)");
  CHECK(test::error_of<ShapeError>([&] {
          ops::transpose(x, {0, 0});
        }) == "transpose: an axis is named twice. Expected: distinct axes. Received: axis 0 again");
  CHECK(test::error_of<ShapeError>([&] {
          ops::broadcast_to(x, {2, 4});
        }) ==
        "broadcast_to: x does not broadcast. Expected: each dimension 1 or that of shape=(2, 4). "
        "Received: x.shape=(2, 3)");
  CHECK(test::error_of<ShapeError>([&] {
          ops::concatenate({x, make_input({{3, 3}})}, 1);
        }) ==
        "concatenate: tensor 1 does not fit the others. Expected: shapes that differ along axis 1 "
        "only. Received: (2, 3) and (3, 3)");
  CHECK(test::error_of<ShapeError>([&] {
          ops::getitem(x, {All, 3});
        }) ==
        "slice: index out of range along axis 1. Expected: -3 <= index < 3. Received: 3 "
        "(x.shape=(2, 3))");
  CHECK(test::error_of<ShapeError>([&] { ops::split(x, 2, 1); }) ==
        "split: axis 1 cannot be cut into equal parts. Expected: a known size divisible by 2. "
        "Received: x.shape=(2, 3)");
  CHECK(test::error_of<ShapeError>([&] {
          ops::stack({x, make_input({{3, 3}})});
        }) == "stack: the shapes differ. Expected: (2, 3). Received: (3, 3)");
}

}  // namespace weft::testing
