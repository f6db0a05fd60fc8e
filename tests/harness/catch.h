// Catch2, whichever version the machine has: Debian 12 has v2, newer distributions v3. Every test
// includes this file and no other of Catch2's.
#pragma once
#if __has_include(<catch2/catch_all.hpp>)
#define WEFT_CATCH_V3 1
#include <catch2/catch_all.hpp>
using Catch::Approx;
namespace Catch::Matchers {
inline auto Contains(const std::string& text) { return ContainsSubstring(text); }
}  // namespace Catch::Matchers
#else
#include <catch2/catch.hpp>
namespace Catch::Matchers {
inline auto ContainsSubstring(const std::string& text) { return Contains(text); }
}  // namespace Catch::Matchers
#endif

#include "tests/harness/paths.h"
