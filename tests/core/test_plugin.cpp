// What is wrong with a plug-in, each time in a sentence that says what to install.
#include <dlfcn.h>
#include <weft/core/device.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/harness/catch.h"
#include "tests/harness/paths.h"
#include "tests/harness/process.h"

using namespace weft;
using namespace weft::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

/// The problems in a process of its own that looks for the plug-in in a folder.
std::string problems(const std::string& folder, const std::string& emulated = "1") {
  const ProcessResult r = run_process({executable(), "problems of a plug-in"},
                                      {.environment = {{"WEFT_CUDA_EMULATED", emulated},
                                                       {"WEFT_DEVICE", "cpu"},
                                                       {"WEFT_BACKEND_DIR", folder}}});
  INFO(r.err);
  REQUIRE(r.code == 0);
  const std::size_t begin = r.out.find("cuda: "), end = r.out.find('\n', begin);
  return begin == std::string::npos ? r.out : r.out.substr(begin, end - begin);
}

std::string planted(const std::string& name) { return build_dir() + "/tests/plugins/" + name; }

}  // namespace

// Hidden.
TEST_CASE("problems of a plug-in", "[.]") {
  for (const std::string& problem : device_problems()) std::puts(problem.c_str());
  CHECK(devices().size() == 1);
}

TEST_CASE("a plug-in that is not there", "[errors]") {
  CHECK(problems("/nowhere") ==
        "cuda: the plug-in libweft_cuda_emulated.so was not found in /nowhere. Build it with the "
        "preset cuda, or set WEFT_BACKEND_DIR to its folder.");
}

TEST_CASE("a plug-in of another build, and a library that is none", "[errors]") {
  const std::string other = problems(planted("other_build"));
  CHECK_THAT(other, StartsWith("cuda: the plug-in ") &&
                        Contains("other_build/libweft_cuda_emulated.so is of another build. "
                                 "Expected: ") &&
                        Contains("Received: 0.0.1-another. Install the one that was built with "
                                 "this weft."));
  CHECK_THAT(problems(planted("no_entry")), Contains("Received: no build id."));
}

TEST_CASE("a machine without a driver", "[errors]") {
  if (void* driver = dlopen("libcuda.so.1", RTLD_LAZY); driver != nullptr) {
    dlclose(driver);
    SUCCEED("there is one");
    return;
  }
  const std::string folder = temporary_dir();
  std::ofstream(folder + "/libweft_cuda.so") << "never opened\n";
  CHECK(problems(folder, "0") ==
        "cuda: there is no NVIDIA driver (libcuda.so.1 was not found). Install the driver, version "
        "580 or newer, for an NVIDIA GPU.");
}

TEST_CASE("a plug-in that finds no cuDNN, and a file that is no library", "[errors]") {
  CHECK_THAT(problems(planted("needs_cudnn")),
             StartsWith("cuda: cuDNN was not found. Install cuDNN 9 "));
  const std::string folder = temporary_dir();
  std::ofstream(folder + "/libweft_cuda_emulated.so") << "not a library\n";
  CHECK_THAT(problems(folder), Contains(" cannot be opened. Install the one that was built with "
                                        "this weft. "));
}
