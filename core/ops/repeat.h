// Repetition.
#pragma once
#include <weft/core/op.h>

#include <optional>

namespace weft::ops {

/// Each element along `axis` `repeats` times in a row: `[..., D, ...]` becomes `[..., D * repeats,
/// ...]`; without an axis, of the flattened x. Throws ShapeError when `repeats` is negative.
Tensor repeat(const Tensor& x, std::int64_t repeats, std::optional<int> axis = {});
/// The whole of x repeats[i] times along axis i, after each other. Missing repeats are 1; more than
/// x has axes give x new leading ones. Throws ShapeError when one is negative.
Tensor tile(const Tensor& x, const std::vector<std::int64_t>& repeats);

}  // namespace weft::ops
