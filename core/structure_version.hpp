// What plans depend on besides their inputs.
#pragma once
#include <cstdint>

namespace weft::detail {

/// Grows whenever a trainable flag, a precision or a device setting changes: plans made before are
/// traced anew.
std::uint64_t structure_version();
void bump_structure_version();

}  // namespace weft::detail
