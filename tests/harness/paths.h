// Where a test finds what is not compiled into it.
#pragma once
#include <string>

namespace weft::test {

/// The root of the source tree, without a slash at its end.
std::string source_dir();

/// The build folder (build/<preset>), without a slash at its end.
std::string build_dir();

/// This test program.
std::string executable();

/// A new, empty folder of this test's own, removed when the process ends.
std::string temporary_dir();

}  // namespace weft::test
