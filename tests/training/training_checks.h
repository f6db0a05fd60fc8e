// What the tests of training share.
#pragma once
#include <weft/core/tensor.h>

#include <string>
#include <vector>

namespace weft::test {

/// CHECKs that there are as many numbers and that each is as expected, to 2e-6 of itself or of 1.
void check(const std::vector<double>& received, const std::vector<double>& expected,
           const std::string& what = "element");
void check(const Tensor& received, const std::vector<double>& expected,
           const std::string& what = "element");

}  // namespace weft::test
