#include <weft/core/ops/flip.h>

#include <weft/core/ops/slice.h>
#include "core/ops/checks.hpp"

namespace weft {
namespace ops {

Tensor flip(const Tensor& x, const Axes& axis) {
  const int rank = x.shape().rank();
  const Slice backwards{{}, {}, -1};
  std::vector<Index> where(static_cast<std::size_t>(rank),
                           axis.given() ? Index(All) : Index(backwards));
  for (std::int64_t one : axis.list())
    where[static_cast<std::size_t>(normalize_axis("flip", one, rank))] = backwards;
  return getitem(x, where);
}

}  // namespace ops

namespace registration {
void op_flip() {}  // a slice with step -1
}  // namespace registration
}  // namespace weft
