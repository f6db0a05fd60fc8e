// The loss CategoricalCrossentropy.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

struct CategoricalCrossentropyOptions {
  bool from_logits = false;    ///< y_pred holds logits, not probabilities
  double label_smoothing = 0;  ///< s in [0, 1]: labels become y_true * (1 - s) + s / C
  int axis = -1;               ///< the classes
  std::string reduction = "sum_over_batch_size";
  std::string name = {};
  DType dtype = {};
};

struct CategoricalCrossentropyArguments {
  bool from_logits = false;
  double label_smoothing = 0;
  int axis = -1;
};

/// -sum over `axis` of t log(p), with p divided by its sum and clipped to [epsilon(), 1 -
/// epsilon()]; from logits x -sum(t log_softmax(x)). y_true (one-hot or probabilities), y_pred `[N,
/// ..., C]` of one shape -> `[N, ...]`. Throws ShapeError when the shapes differ.
Tensor categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                CategoricalCrossentropyArguments arguments = {});

/// The loss of that function, identifier "categorical_crossentropy". Throws Error when
/// label_smoothing is not in [0, 1].
struct CategoricalCrossentropy : LossRef {
  using LossRef::LossRef;
  CategoricalCrossentropy(CategoricalCrossentropyOptions options = {});
};

}  // namespace weft::losses
