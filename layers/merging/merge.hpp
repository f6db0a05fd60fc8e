// What the merging layers share.
#pragma once
#include <weft/layers/merging/merge.h>

namespace weft::detail {

/// Keras's masked fold: where one side is masked the other's value is taken.
Tensor masked_fold(Tensor (*op)(const Tensor&, const Tensor&), const std::vector<Tensor>& inputs,
                   const std::vector<std::optional<Tensor>>& masks);

/// A mask `[N, ...]` as one over all elements of x `[N, ..., C]`.
Tensor over_elements(const Tensor& mask, const Tensor& x);

}  // namespace weft::detail
