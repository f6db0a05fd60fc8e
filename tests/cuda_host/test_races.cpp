// ThreadSanitizer and kernels on threads of the host: races/ is a program of its own for it, which
// tests/CMakeLists.txt builds where it can be.
#include <filesystem>

#include "tests/harness/catch.h"
#include "tests/harness/process.h"

using Catch::Matchers::Contains;

TEST_CASE("ThreadSanitizer sees a missing barrier, and is silent without a mistake",
          "[cuda_emulation]") {
  const std::string program = weft::test::build_dir() + "/bin/weft_cuda_races";
  if (!std::filesystem::exists(program)) {
    SUCCEED("not built here");
    return;
  }
  const auto run = [&](const char* what) {
    return weft::test::run_process(
        {program, what}, {.environment = {{"TSAN_OPTIONS", "halt_on_error=1 exitcode=66"}}});
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
}
