// WEFT_NUM_THREADS, which is read once: each case asks a process of its own.
#include <weft/core/settings.h>

#include <cstdio>
#include <string>

#include "tests/harness/catch.h"
#include "tests/harness/paths.h"
#include "tests/harness/process.h"

using namespace weft;

namespace {

test::ProcessResult with(const std::string& value) {
  return test::run_process({test::build_dir() + "/bin/weft_tests_cpu", "print num_threads"},
                           {.environment = {{"WEFT_NUM_THREADS", value}}});
}

std::string threads(int n) { return "threads=" + std::to_string(n) + "\n"; }

}  // namespace

TEST_CASE("print num_threads", "[.]") { std::printf("threads=%d\n", num_threads()); }

TEST_CASE("WEFT_NUM_THREADS sets the number of threads; one that is none is warned of",
          "[threads][errors]") {
  using Catch::Matchers::Contains;
  CHECK_THAT(with("3").out, Contains(threads(3)));
  CHECK_THAT(with("3").err, !Contains("ignored"));
  const int all = num_threads();  // nothing is set here
  CHECK_THAT(with("").out, Contains(threads(all)));
  for (const char* bad : {"0", "10000", "-1", "two", "2x"}) {
    CAPTURE(bad);
    const test::ProcessResult r = with(bad);
    CHECK_THAT(r.out, Contains(threads(all)));
    CHECK_THAT(r.err, Contains("WEFT_NUM_THREADS is ignored. Expected: a number from 1 to 1024. "
                               "Received: '" +
                               std::string(bad) + "'"));
  }
}
