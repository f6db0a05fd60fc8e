// The conformance cases of pointwise ops, by group. test_pointwise_complete.cpp checks that no op
// is left out.
#pragma once
#include <vector>

#include "tests/harness/op_case.h"

namespace weft::testing {

std::vector<OpCase> binary_cases();
std::vector<OpCase> integer_cases();
std::vector<OpCase> comparison_cases();
std::vector<OpCase> unary_cases();
std::vector<OpCase> activation_cases();
std::vector<OpCase> where_cases();

/// A case of one input of shape (3, 5), for a formula on doubles: also odd and empty sizes, rank 0
/// and the other floating dtypes.
inline OpCase unary_case(const char* op, double (*formula)(double), CaseInput input = {{3, 5}}) {
  OpCase c;
  c.op = op;
  c.inputs = {input};
  c.formula = [formula](const std::vector<Array>& in) {
    return std::vector<Array>{map(in[0], formula)};
  };
  c.second_order = true;
  c.more_dtypes = {DType::float64, DType::float16, DType::bfloat16};
  c.more_shapes = {{{}}, {{1}}, {{17}}, {{3, 7, 5}}, {{0}}, {{4, 0, 3}}};
  return c;
}

/// A case of two inputs, in every way in which two shapes broadcast.
inline OpCase binary_case(const char* op, double (*formula)(double, double), CaseInput a = {{3, 4}},
                          CaseInput b = {{3, 4}}) {
  OpCase c;
  c.op = op;
  c.inputs = {a, b};
  c.formula = [formula](const std::vector<Array>& in) {
    return std::vector<Array>{map(in[0], in[1], formula)};
  };
  c.more_dtypes = {DType::float64, DType::float16, DType::bfloat16};
  c.more_shapes = {{{17}, {17}},
                   {{7, 5}, {5}},
                   {{5}, {7, 5}},
                   {{4, 1}, {1, 3}},
                   {{2, 3, 4}, {3, 1}},
                   {{}, {3}},
                   {{3}, {}},
                   {{}, {}},
                   {{1}, {1}},
                   {{2, 1, 3, 1}, {2, 1, 4}},
                   {{2, 3}, {2, 1}},
                   {{0, 3}, {3}},
                   {{3, 1}, {1, 0}},
                   {{0}, {1}},
                   {{2, 3, 1, 2}, {3, 2, 2}}};
  return c;
}

}  // namespace weft::testing
