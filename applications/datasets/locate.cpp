#include "applications/datasets/locate.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

#include "generated/build_paths.hpp"

namespace weft::datasets {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Where the installed data lies from libweft.so (or a program that it is linked into), whatever
/// prefix it was put under.
std::string beside_library() {
  Dl_info info = {};
  if (dladdr(reinterpret_cast<const void*>(&beside_library), &info) == 0 ||
      info.dli_fname == nullptr)
    return "";
  const auto folder =
      std::filesystem::path(info.dli_fname).parent_path() / build_paths::data_from_library;
  return folder.lexically_normal().string();
}

}  // namespace

std::vector<Place> places() {
  std::vector<Place> all;
  if (const std::string folder = variable("WEFT_DATA_DIR"); !folder.empty())
    all.push_back({"WEFT_DATA_DIR", folder});
  std::string keras = variable("KERAS_HOME");
  if (keras.empty() && !variable("HOME").empty()) keras = variable("HOME") + "/.keras";
  if (!keras.empty()) all.push_back({"Keras's cache", keras + "/datasets", true});
  if (const std::string folder = beside_library(); !folder.empty())
    all.push_back({"the installed data", folder});
  all.push_back({"the source tree", build_paths::source_data});
  return all;
}

bool is_file(const std::filesystem::path& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error);
}

}  // namespace weft::datasets
