// Settings from the environment. What makes no sense is ignored with a warning, not an exception:
// the first caller is often in no place to handle one.
#pragma once
#include <cstddef>
#include <optional>
#include <string>

namespace weft::detail {

/// A variable that is 0 or 1; `otherwise` where it is unset, empty or neither.
bool environment_flag(const char* name, bool otherwise);

/// A whole number from `least` to `most`; none where the variable is unset, empty or something
/// else, for which the warning says what was expected.
std::optional<std::size_t> environment_number(const char* name, std::size_t least, std::size_t most,
                                              const std::string& expected);

}  // namespace weft::detail
