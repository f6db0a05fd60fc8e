// The only reverse sweep: tapes and plans use it alike, since gradients are written with ops.
#pragma once
#include <weft/core/op.h>

#include <cstdint>
#include <vector>

namespace weft::trace {

/// One applied op, as a tape remembers it.
struct TapeEntry {
  const OpDef* op;
  Config attrs;
  std::vector<Tensor> inputs, outputs;
};

/// d sum(of) / d by[i] for values by id; null where `of` does not depend on by[i].
std::vector<Tensor> reverse_accumulate(const std::vector<TapeEntry>& entries, const Tensor& of,
                                       const std::vector<std::uint64_t>& by);

}  // namespace weft::trace
