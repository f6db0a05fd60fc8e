// Backends that lie in libraries of their own and are opened at first need: libweft_cuda.so, and
// for trying CUDA's code where no GPU is, libweft_cuda_emulated.so (WEFT_CUDA_EMULATED=1).
#pragma once
#include <weft/core/backend.h>

#include <memory>
#include <string>
#include <vector>

namespace weft::detail {

/// What a plug-in found. Its devices, or why there are none: a sentence that says what to install.
struct PluginDevices {
  std::vector<std::shared_ptr<Backend>> devices;
  std::vector<std::string> problems;
  /// Says what kernels would need on a GPU, and runs none (Backend::only_plans).
  std::shared_ptr<Backend> planner = {};
};

/// The plug-in's only symbol. It returns its own build id, and fills `devices` only if `build_id`
/// is the same: nothing else is certain to have the same form.
using PluginEntry = const char*(const char* build_id, PluginDevices& devices);
inline constexpr const char* plugin_entry_name = "weft_plugin";

/// Opens the plug-in, once for the process.
const PluginDevices& open_plugin();
/// Its planner, also where there is no driver; null, and why, where there is no plug-in.
std::shared_ptr<Backend> open_planner(std::string& why_not);

/// Of the sources that a plug-in shares with this library, and of its version.
const char* build_id();

}  // namespace weft::detail
