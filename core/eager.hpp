// Eager mode: the same prepared kernels as plans, through a cache.
#pragma once
#include <weft/core/op.h>

#include <vector>

namespace weft {
class Backend;
}

namespace weft::detail {

/// Computes an op on concrete inputs, on the device that they are on.
std::vector<Tensor> run_eager(const OpDef& op, const std::vector<Tensor>& inputs,
                              const Config& attrs, const std::vector<TensorSpec>& in_specs,
                              const std::vector<TensorSpec>& out_specs);
/// The same on a device, where inputs are copied to.
std::vector<Tensor> run_eager_on(Backend& backend, const OpDef& op,
                                 const std::vector<Tensor>& inputs, const Config& attrs,
                                 const std::vector<TensorSpec>& in_specs,
                                 const std::vector<TensorSpec>& out_specs);

}  // namespace weft::detail
