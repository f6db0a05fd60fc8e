// The version of the headers (macros) and of the library in use (function).
#pragma once
#include <string_view>

#define WEFT_VERSION_MAJOR 0
#define WEFT_VERSION_MINOR 1
#define WEFT_VERSION_PATCH 0
/// One number to compare with: major * 10000 + minor * 100 + patch.
#define WEFT_VERSION (WEFT_VERSION_MAJOR * 10000 + WEFT_VERSION_MINOR * 100 + WEFT_VERSION_PATCH)

namespace weft {

/// The version of the library in use, "0.1.0". The macros are the headers'.
std::string_view version();

}  // namespace weft
