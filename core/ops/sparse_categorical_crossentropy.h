// Crossentropy between class numbers and predictions.
#pragma once
#include <weft/core/op.h>

namespace weft::ops {

/// Options of sparse_categorical_crossentropy.
struct SparseCrossentropyOptions {
  bool from_logits = false;  ///< output holds logits, not probabilities
  int axis = -1;             ///< the classes; only the last axis is supported
};

/// target `[...]` or `[..., 1]` of class numbers (any integer dtype; floating ones are converted)
/// and output `[..., C]`: loss `[...]`. From logits: loss = log(sum over c of exp(output[c])) -
/// output[target], computed without overflow; its gradient is softmax(output) - one_hot(target).
/// From probabilities: output is normalised to sum 1, clipped to [epsilon(), 1 - epsilon()], and
/// loss = -log(output[target]). Throws ShapeError when the shapes do not fit, and, when it is
/// computed on a CPU, Error on a target outside of 0 <= target < C.
Tensor sparse_categorical_crossentropy(const Tensor& target, const Tensor& output,
                                       SparseCrossentropyOptions options = {});

}  // namespace weft::ops
