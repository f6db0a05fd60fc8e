// The loss SparseCategoricalCrossentropy.
#pragma once
#include <weft/training/loss.h>

namespace weft::losses {

struct SparseCategoricalCrossentropyOptions {
  bool from_logits = false;  ///< y_pred holds logits, not probabilities
  std::optional<int> ignore_class =
      {};  ///< places with this label have loss 0 and do not count in the mean
  std::string reduction = "sum_over_batch_size";
  int axis = -1;  ///< the classes; only the last axis is supported
  std::string name = {};
  DType dtype = {};
};

struct SparseCategoricalCrossentropyArguments {
  bool from_logits = false;
  std::optional<int> ignore_class = {};
  int axis = -1;
};

/// y_true `[N, ...]` or `[N, ..., 1]` of class numbers (any integer or floating dtype), y_pred `[N,
/// ..., C]`: -log(p[y_true])
/// `[N, ...]`, with p divided by its sum and clipped to [epsilon(), 1 - epsilon()]; from logits x
/// log(sum(exp(x))) - x[y_true], without overflow. Places of ignore_class have loss 0 and are
/// masked. Throws ShapeError when the shapes do not fit, Error on a label outside of 0 <= label <
/// C.
Tensor sparse_categorical_crossentropy(const Tensor& y_true, const Tensor& y_pred,
                                       SparseCategoricalCrossentropyArguments arguments = {});

/// The loss of that function, identifier "sparse_categorical_crossentropy".
struct SparseCategoricalCrossentropy : LossRef {
  using LossRef::LossRef;
  SparseCategoricalCrossentropy(SparseCategoricalCrossentropyOptions options = {});
};

}  // namespace weft::losses
