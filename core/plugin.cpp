#include "core/plugin.hpp"

#include <dlfcn.h>
#include <fmt/core.h>
#include <weft/core/version.h>

#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "generated/build_id.hpp"
#include "generated/build_paths.hpp"

namespace weft::detail {
namespace {

namespace fs = std::filesystem;

bool is_emulated() {
  const char* set = std::getenv("WEFT_CUDA_EMULATED");
  return set != nullptr && std::string_view(set) == "1";
}

/// The folder that libweft (or, linked statically, the program) lies in.
fs::path own_folder() {
  Dl_info info = {};
  if (dladdr(reinterpret_cast<const void*>(&own_folder), &info) == 0 || info.dli_fname == nullptr)
    return {};
  return fs::path(info.dli_fname).parent_path();
}

std::vector<fs::path> folders() {
  std::vector<fs::path> all;
  if (const char* set = std::getenv("WEFT_BACKEND_DIR"); set != nullptr && *set != '\0') {
    all.emplace_back(set);
    return all;
  }
  all.push_back(own_folder());
  all.emplace_back(build_paths::installed_backends);
  return all;
}

// Asking for the driver first costs nothing where it is missing; to open a plug-in and what it
// links takes a tenth of a second.
bool has_driver() {
  void* driver = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  if (driver != nullptr) dlclose(driver);
  return driver != nullptr;
}

/// What dlopen said, as what to do.
std::string why_not_opened(const std::string& path) {
  const char* text = dlerror();
  const std::string said = text == nullptr ? "no reason given" : text;
  if (said.find("libcudnn") != std::string::npos)
    return "cuda: cuDNN was not found. Install cuDNN 9 (package cudnn9-cuda-13, or pip's "
           "nvidia-cudnn-cu13), or add its folder to LD_LIBRARY_PATH. (" +
           said + ")";
  if (said.find("libcublas") != std::string::npos)
    return "cuda: cuBLASLt was not found. Install the CUDA toolkit's libraries (package "
           "libcublas-13-0, or pip's nvidia-cublas), or add their folder to LD_LIBRARY_PATH. (" +
           said + ")";
  return fmt::format(
      "cuda: the plug-in {} cannot be opened. Install the one that was built with "
      "this weft. ({})",
      path, said);
}

PluginDevices open_file(const std::string& path) {
  PluginDevices found;
  // Never closed: tensors may live in its memory to the end of the process.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    found.problems.push_back(why_not_opened(path));
    return found;
  }
  auto* entry = reinterpret_cast<PluginEntry*>(dlsym(library, plugin_entry_name));
  const char* theirs = entry == nullptr ? nullptr : entry(build_id(), found);
  if (theirs == nullptr || std::string_view(theirs) != build_id()) {
    found.problems.push_back(
        fmt::format("cuda: the plug-in {} is of another build. Expected: {}. Received: {}. Install "
                    "the one that was built with this weft.",
                    path, build_id(), theirs == nullptr ? "no build id" : theirs));
  }
  return found;
}

enum class Wanted { devices, planner };

PluginDevices open(Wanted wanted) {
  // A plug-in links the shared libweft: with a static one there would be two of all its state.
  if (build_paths::is_static) {
    return {{},
            {"cuda: this weft is linked statically. Build it with BUILD_SHARED_LIBS=ON to use a "
             "GPU."}};
  }
  const std::string name = is_emulated() ? "libweft_cuda_emulated.so" : "libweft_cuda.so";
  std::string tried;
  for (const fs::path& folder : folders()) {
    std::error_code ignored;
    const fs::path path = folder / name;
    if (fs::exists(path, ignored)) {
      if (wanted == Wanted::devices && !is_emulated() && !has_driver()) {
        return {{},
                {"cuda: there is no NVIDIA driver (libcuda.so.1 was not found). Install the "
                 "driver, version 580 or newer, for an NVIDIA GPU."}};
      }
      return open_file(path.string());
    }
    tried += (tried.empty() ? "" : ", ") + folder.string();
  }
  return {{},
          {fmt::format("cuda: the plug-in {} was not found in {}. Build it with the preset cuda, "
                       "or set WEFT_BACKEND_DIR to its folder.",
                       name, tried)}};
}

}  // namespace

const PluginDevices& open_plugin() {
  static const auto* found = new PluginDevices(open(Wanted::devices));
  return *found;
}

std::shared_ptr<Backend> open_planner(std::string& why_not) {
  if (open_plugin().planner) return open_plugin().planner;
  static const auto* found = new PluginDevices(open(Wanted::planner));
  if (!found->planner && !found->problems.empty()) why_not = found->problems.front();
  return found->planner;
}

const char* build_id() { return generated_build_id; }

}  // namespace weft::detail
