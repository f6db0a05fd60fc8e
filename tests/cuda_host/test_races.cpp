// ThreadSanitizer and kernels on threads of the host: races/ is a program of its own for it, which
// tests/CMakeLists.txt builds beside this one, but not beside AddressSanitizer.
#include <cstdio>

#include "tests/harness/catch.h"
#include "tests/harness/process.h"

using Catch::Matchers::Contains;

TEST_CASE("ThreadSanitizer sees a missing barrier, and is silent without a mistake",
          "[cuda_emulation]") {
#ifdef WEFT_CUDA_RACES
  const auto run = [&](const char* what) {
    return weft::test::run_process(
        {WEFT_CUDA_RACES, what},
        {.environment = {{"TSAN_OPTIONS", "halt_on_error=1 exitcode=66"}}});
  };
  const auto right = run("right");
  CHECK(right.err == "");
  CHECK(right.out == "");
  CHECK(right.code == 0);
  const auto wrong = run("wrong");
  CHECK(wrong.code == 66);
  CHECK_THAT(wrong.err, Contains("ThreadSanitizer: data race"));
  CHECK_THAT(wrong.err, Contains("reverse_kernel<false>"));
  const auto blocks = run("blocks");
  CHECK(blocks.code == 66);
  CHECK_THAT(blocks.err, Contains("name_kernel<false>"));
#else
  std::puts("SKIPPED: compiled with AddressSanitizer");
#endif
}
