// Eager mode: the same prepared kernels as plans, through a cache.
#pragma once
#include <weft/core/op.h>

#include <vector>

namespace weft::detail {

/// Computes an op on concrete inputs.
std::vector<Tensor> run_eager(const OpDef& op, const std::vector<Tensor>& inputs,
                              const Config& attrs, const std::vector<TensorSpec>& in_specs,
                              const std::vector<TensorSpec>& out_specs);

}  // namespace weft::detail
