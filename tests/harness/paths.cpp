#include "tests/harness/paths.h"

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace weft::test {
namespace {

// Removes the folders that were handed out.
struct Folders {
  std::vector<std::string> paths;
  ~Folders() {
    std::error_code ignored;
    for (const std::string& path : paths) std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

std::string source_dir() {
  const char* moved = std::getenv("WEFT_TEST_SOURCE_DIR");  // the tests run on another machine
  return moved != nullptr ? moved : WEFT_TEST_SOURCE_DIR;
}

std::string build_dir() { return WEFT_TEST_BUILD_DIR; }

std::string executable() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

std::string temporary_dir() {
  static Folders folders;
  std::string path = (std::filesystem::temp_directory_path() / "weft-test-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make " + path);
  folders.paths.push_back(path);
  return path;
}

}  // namespace weft::test
