// How far two results are apart.
#pragma once
#include <algorithm>
#include <cmath>
#include <vector>

#include "tests/harness/catch.h"

namespace weft::test {

/// Of numbers one by one; the sizes must be the same.
inline double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

}  // namespace weft::test
