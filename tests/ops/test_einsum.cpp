#include <weft/core/ops/einsum.h>
#include <weft/core/ops/full.h>
#include <weft/graph/functional/input.h>

#include <map>

#include "core/recorder.hpp"
#include "tests/ops/indexing.h"

namespace weft::testing {
namespace {

/// By the definition: over all values of all letters.
Array by_definition(const std::vector<std::string>& labels, const std::string& output,
                    const std::vector<Array>& in) {
  std::string all;
  std::map<char, std::int64_t> size;
  for (std::size_t o = 0; o < in.size(); ++o) {
    for (std::size_t i = 0; i < labels[o].size(); ++i) {
      const char c = labels[o][i];
      if (all.find(c) == std::string::npos) all += c;
      size[c] = in[o].shape[static_cast<int>(i)];
    }
  }
  Shape every, out;
  for (char c : all) every.push_back(size[c]);
  for (char c : output) out.push_back(size[c]);
  Array sum{out, std::vector<double>(static_cast<std::size_t>(out.size()), 0.0)};
  each(every, [&](const Place& index) {
    const auto place = [&](const std::string& of) {
      Place p;
      for (char c : of) p.push_back(index[all.find(c)]);
      return p;
    };
    double product = 1;
    for (std::size_t o = 0; o < in.size(); ++o) product *= at(in[o], place(labels[o]));
    sum.values[offset(out, place(output))] += product;
  });
  return sum;
}

struct Equation {
  std::string text;
  std::vector<Shape> shapes;
  std::vector<std::string> labels;  // without `...`
  std::string output;
};

void run_equation(const Equation& e) {
  FunctionCase c{
      .name = e.text,
      .inputs = {},
      .function = [&](const std::vector<Tensor>& in) { return ops::einsum(e.text, in); },
      .formula =
          [&](const std::vector<Array>& in) { return by_definition(e.labels, e.output, in); },
      .tolerance = 1e-5};
  for (const Shape& s : e.shapes) c.inputs.push_back({s});
  run_function(c);
}

/// Names of the ops that einsum is made of.
struct Ops : detail::Listener {
  std::vector<std::string> names;
  void applied(const OpDef& op, const std::vector<Tensor>&, const Config&,
               const std::vector<Tensor>&) override {
    if (op.name != "reshape") names.push_back(op.name);
  }
  void was_read(const Variable&, const Tensor&) override {}
};

std::vector<std::string> ops_of(const std::string& equation, const Shape& a, const Shape& b) {
  const Tensor x = ops::zeros(a), y = ops::zeros(b);
  Ops seen;
  detail::recording().tapes.push_back(&seen);
  ops::einsum(equation, {x, y});
  detail::recording().tapes.pop_back();
  return seen.names;
}

}  // namespace

TEST_CASE("einsum: products, sums, diagonals and transpositions", "[conformance]") {
  for (const Equation& e : std::vector<Equation>{
           {"ab,bc->ac", {{2, 3}, {3, 4}}, {"ab", "bc"}, "ac"},
           {"ab,cb->ca", {{2, 3}, {4, 3}}, {"ab", "cb"}, "ca"},
           {"ba,bc->ca", {{3, 2}, {3, 4}}, {"ba", "bc"}, "ca"},
           {"abc,cde->abde", {{2, 3, 4}, {4, 2, 3}}, {"abc", "cde"}, "abde"},
           {"abcd,cde->abe", {{2, 3, 2, 2}, {2, 2, 4}}, {"abcd", "cde"}, "abe"},
           {"aecd,abcd->acbe", {{2, 3, 2, 4}, {2, 5, 2, 4}}, {"aecd", "abcd"}, "acbe"},
           {"acbe,aecd->abcd", {{2, 2, 5, 3}, {2, 3, 2, 4}}, {"acbe", "aecd"}, "abcd"},
           {"abc,bcd->abd", {{2, 3, 4}, {3, 4, 2}}, {"abc", "bcd"}, "abd"},
           {"abcd,dc->ab", {{2, 3, 2, 4}, {4, 2}}, {"abcd", "dc"}, "ab"},
           {"ab,ab->ab", {{2, 3}, {2, 3}}, {"ab", "ab"}, "ab"},
           {"a,b->ab", {{2}, {3}}, {"a", "b"}, "ab"},
           {"a,b->ba", {{2}, {3}}, {"a", "b"}, "ba"},
           {"a,a->", {{5}, {5}}, {"a", "a"}, ""},
           {"ab,bc->", {{2, 3}, {3, 4}}, {"ab", "bc"}, ""},
           {"abc->ca", {{2, 3, 4}}, {"abc"}, "ca"},
           {"aa->a", {{3, 3}}, {"aa"}, "a"},
           {"aba->b", {{3, 2, 3}}, {"aba"}, "b"},
           {"aab,bc->ac", {{2, 2, 3}, {3, 2}}, {"aab", "bc"}, "ac"},
           {"ab,bc,cd->ad", {{2, 3}, {3, 4}, {4, 2}}, {"ab", "bc", "cd"}, "ad"},
           {"ab , bc", {{2, 3}, {3, 4}}, {"ab", "bc"}, "ac"},
           {"...a,ab->...b", {{2, 3, 4}, {4, 5}}, {"xya", "ab"}, "xyb"},
           {"ab...,bc->ac...", {{2, 3, 4, 2}, {3, 5}}, {"abxy", "bc"}, "acxy"},
           {"...a,...a->...", {{2, 3, 4}, {3, 4}}, {"xya", "ya"}, "xy"}})
    run_equation(e);
}

TEST_CASE("einsum: axes of `...` broadcast", "[conformance]") {
  const Tensor a = make_input({{2, 1, 3, 4}}), b = make_input({{5, 4, 2}}, 1);
  const Array y = to_array(ops::einsum("...ij,...jk->...ik", {a, b}));
  REQUIRE(y.shape == Shape{2, 5, 3, 2});
  const Array x = to_array(a), w = to_array(b);
  check_close(y,
              build(y.shape,
                    [&](const Place& p) {
                      double sum = 0;
                      for (std::int64_t j = 0; j < 4; ++j)
                        sum += at(x, {p[0], 0, p[2], j}) * at(w, {p[1], j, p[3]});
                      return sum;
                    }),
              1e-5, "broadcast");
}

TEST_CASE("einsum: the equations of MultiHeadAttention need few ops", "[ops]") {
  using Names = std::vector<std::string>;
  CHECK(ops_of("abc,cde->abde", {2, 5, 6}, {6, 2, 3}) == Names{"matmul"});
  CHECK(ops_of("abcd,cde->abe", {2, 5, 2, 3}, {2, 3, 6}) == Names{"matmul"});
  CHECK(ops_of("acbd,aced->acbe", {2, 2, 5, 3}, {2, 2, 4, 3}) == Names{"matmul"});
  CHECK(ops_of("aecd,abcd->acbe", {2, 4, 2, 3}, {2, 5, 2, 3}) ==
        Names{"transpose", "transpose", "matmul"});
}

TEST_CASE("einsum on functional tensors is one op of the graph", "[ops]") {
  const Tensor y = ops::einsum("nij,njk->nik", {Input({None, 4}), Input({4, 3})});
  CHECK(y.shape() == Shape{None, None, 3});
}

TEST_CASE("einsum says what does not fit", "[errors]") {
  const Tensor a = make_input({{2, 3}}), b = make_input({{4, 5}});
  using test::error_of;
  CHECK(error_of<ShapeError>([&] {
          ops::einsum("ab,bc->ac", {a, b});
        }) ==
        "einsum: Size of label 'b' for operand 1 (4) does not match previous terms (3). Expected: "
        "3. Received: (4, 5)");
  CHECK(error_of<ShapeError>([&] {
          ops::einsum("abc,cd->abd", {a, b});
        }) ==
        "einsum: Einstein sum subscript 'abc' does not contain the correct number of indices for "
        "operand 0. Expected: rank 3. Received: (2, 3)");
  CHECK(
      error_of<Error>([&] {
        ops::einsum("ab,bc->ad", {a, b});
      }) ==
      "einsum: the output's label 'd' is in no operand. Expected: an equation like 'ab,bc->ac' or "
      "'...ab,bc->...ac'. Received: 'ab,bc->ad'");
  CHECK(error_of<Error>([&] {
          ops::einsum("ab,b1->a", {a, b});
        }) ==
        "einsum: '1' is no label. Expected: an equation like 'ab,bc->ac' or '...ab,bc->...ac'. "
        "Received: 'ab,b1->a'");
  CHECK(error_of<Error>([&] {
          ops::einsum("ab,bc->aa", {a, b});
        }).find("names a label twice") != std::string::npos);
  CHECK(error_of<Error>([&] {
          ops::einsum("ab->a", {a, b});
        }) == "einsum: 'ab->a' has another number of operands. Expected: 1 tensors. Received: 2");
}

}  // namespace weft::testing
