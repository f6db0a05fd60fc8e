// The einsum equations of MultiHeadAttention, after
// keras/src/layers/attention/multi_head_attention.py, Keras 3.15.1.
#pragma once
#include <string>
#include <vector>

namespace weft::detail {

/// A projection: the letters of `free` axes stay, `bound` ones are summed, `made` ones are new.
struct ProjectionEquation {
  std::string equation, bias_axes;
  int output_rank;
};
ProjectionEquation projection_equation(int free, int bound, int made);

/// Of projected tensors [batch..., attended..., heads, features] of this rank.
struct AttentionEquations {
  std::string dot;      ///< key, query -> scores
  std::string combine;  ///< scores, value -> result
  int scores_rank;
};
AttentionEquations attention_equations(int rank, const std::vector<int>& axes);

}  // namespace weft::detail
