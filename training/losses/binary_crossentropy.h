// The loss BinaryCrossentropy.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

struct BinaryCrossentropyOptions {
  bool from_logits = false;    ///< y_pred holds logits, not probabilities
  double label_smoothing = 0;  ///< s in [0, 1]: labels become y_true * (1 - s) + 0.5 * s
  int axis = -1;               ///< over which the mean is taken
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  DType dtype = {};
};

struct BinaryCrossentropyArguments {
  bool from_logits = false;
  double label_smoothing = 0;
  int axis = -1;
};

/// mean over `axis` of -(t log(p) + (1 - t) log(1 - p)), p clipped to [epsilon(), 1 - epsilon()];
/// from logits x, without overflow, softplus(x) - t x. y_true, y_pred `[N, ..., C]` of one shape ->
/// `[N, ...]`. Throws ShapeError when the shapes differ.
Tensor binary_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                           BinaryCrossentropyArguments arguments = {});

/// The loss of that function, identifier "binary_crossentropy", "bce". Throws Error when
/// label_smoothing is not in [0, 1].
struct BinaryCrossentropy : LossRef {
  using LossRef::LossRef;
  BinaryCrossentropy(BinaryCrossentropyOptions options = {});
};

}  // namespace weft::losses
