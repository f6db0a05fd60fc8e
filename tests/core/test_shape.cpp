#include <weft/core/error.h>
#include <weft/core/shape.h>

#include <sstream>

#include "tests/harness/catch.h"
#include "tests/harness/error_of.h"

using namespace weft;
using Catch::Matchers::Contains;
using weft::test::error_of;

namespace {

std::string printed(const Shape& s) {
  std::ostringstream out;
  out << s;
  return out.str();
}

}  // namespace

TEST_CASE("A shape prints as Python prints a tuple", "[shape]") {
  CHECK(printed({}) == "()");
  CHECK(printed({784}) == "(784,)");
  CHECK(printed({None, 784}) == "(None, 784)");
  CHECK(printed({None}) == "(None,)");
  CHECK(Shape({2, -1}).to_string() == "(2, -1)");
  std::ostringstream out;
  out << Dim(3) << ' ' << None;
  CHECK(out.str() == "3 None");
}

TEST_CASE("A shape is made from any integers and indexed from both ends", "[shape]") {
  const std::size_t n = 3;
  const Shape s = {n, 4u, None};
  CHECK(s.rank() == 3);
  CHECK(s[0] == 3);
  CHECK(s[1] == 4);
  CHECK(s[-1] == None);
  CHECK(s[-3] == 3);
  CHECK(Shape(std::vector<int>{1, 2}) == Shape({1, 2}));
  CHECK_FALSE(Shape({1, 2}) == Shape({1, 2, 1}));
  CHECK_FALSE(Shape({None}) == Shape({-1}));
  Shape changed = s;
  changed.set(-1, 5);
  changed.push_back(6);
  CHECK(changed == Shape({3, 4, 5, 6}));
  CHECK(s[-1] == None);
}

TEST_CASE("A shape's size is the product of its dimensions", "[shape]") {
  CHECK(Shape({}).size() == 1);
  CHECK(Shape({3, 4}).size() == 12);
  CHECK(Shape({3, 0, 5}).size() == 0);
  CHECK(Shape({INT64_MAX, 2, 0}).size() == 0);
  CHECK(Shape({3, 4}).known());
  CHECK_FALSE(Shape({None, 4}).known());
}

TEST_CASE("A shape's errors say what was wrong, expected and received", "[shape][errors]") {
  CHECK_THAT(error_of<ShapeError>([] {
               return Shape({None, 2}).size();
             }),
             Contains("no None in the shape. Received: (None, 2)"));
  CHECK_THAT(error_of<ShapeError>([] {
               return Shape({INT64_MAX, 2}).size();
             }),
             Contains("too many elements"));
  CHECK_THAT(error_of<ShapeError>([] {
               return Shape({1, 2})[2];
             }),
             Contains("Expected: an index from -2 to 1. Received: 2 for the shape (1, 2)"));
  CHECK_THAT(error_of<ShapeError>([] { return Shape({1, 2})[-3]; }), Contains("Received: -3"));
  CHECK_THAT(error_of<ShapeError>([] {
               return Shape({1, 2, 3, 4, 5, 6, 7, 8, 9});
             }),
             Contains("Expected: at most 8"));
  CHECK_THAT(error_of<ShapeError>([] { return None + 1; }),
             Contains("this dimension is None while the graph is built"));
}
