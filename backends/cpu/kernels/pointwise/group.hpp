// A pointwise_group over tiles: every step's loop on a piece of the whole that stays in the first
// level of the cache, then the next piece.
#pragma once
#include <weft/core/backend.h>

#include <string>

namespace weft::cpu {

PreparedKernel prepare_tiled_group(const KernelRequest& request, std::string& why_not);

}  // namespace weft::cpu
