// Catch2's main, and --write-ctest FILE: writes one line a test case, weft_case(name filter
// labels), from which ctest takes its tests and, of the tags, its labels (tests/CMakeLists.txt).
#define CATCH_CONFIG_RUNNER
#include <fstream>
#include <string>
#include <string_view>

#include "tests/harness/catch.h"

namespace {

// What Catch's test specification needs escaped in a name.
std::string filter_of(const std::string& name) {
  std::string filter;
  for (char c : name) {
    if (std::string_view("\\,[]\"").find(c) != std::string_view::npos) filter += '\\';
    filter += c;
  }
  return filter;
}

void write_case(std::ostream& out, const std::string& name, const std::string& labels) {
  out << "weft_case([==[" << name << "]==] [==[" << filter_of(name) << "]==] \"" << labels
      << "\")\n";
}

int write_ctest(const char* path) {
  std::ofstream out(path);
  Catch::Config config;
#ifdef WEFT_CATCH_V3
  for (const auto& handle : Catch::getAllTestCasesSorted(config)) {
    const Catch::TestCaseInfo& info = handle.getTestCaseInfo();
    if (info.isHidden()) continue;
    std::string labels;
    for (const auto& tag : info.tags) labels += ";" + static_cast<std::string>(tag.original);
    write_case(out, info.name, labels);
  }
#else
  for (const Catch::TestCase& info : Catch::getAllTestCasesSorted(config)) {
    if (info.isHidden()) continue;
    std::string labels;
    for (const std::string& tag : info.tags) labels += ";" + tag;
    write_case(out, info.name, labels);
  }
#endif
  return out.flush() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--write-ctest") return write_ctest(argv[2]);
  Catch::Session session;
  if (int error = session.applyCommandLine(argc, argv); error != 0) return error;
#ifndef WEFT_CATCH_V3  // v3 fails by itself when a name matches no test
  session.configData().warnings = static_cast<Catch::WarnAbout::What>(
      session.configData().warnings | Catch::WarnAbout::NoTests);
#endif
  return session.run();
}
