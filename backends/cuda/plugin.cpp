// What libweft finds when it opens the plug-in.
#include "core/plugin.hpp"

#include <weft/core/error.h>

#include <string_view>

#include "backends/cuda/planning.hpp"
#include "generated/build_id.hpp"

namespace weft::registration {
void all_cuda_kernels(KernelTable& table);          // generated
void all_cuda_library_kernels(KernelTable& table);  // generated; none in the emulation
}  // namespace weft::registration

namespace weft::cuda {
namespace {

void add_kernels(Backend& backend) {
  registration::all_cuda_library_kernels(backend.kernels());
  registration::all_cuda_kernels(backend.kernels());
}

void find_devices(weft::detail::PluginDevices& found) {
  found.planner = std::make_shared<PlanningBackend>();
  add_kernels(*found.planner);
  const std::shared_ptr<DeviceApi> api = make_device_api();
  for (int i = 0; i < api->device_count(); ++i) {
    try {
      auto backend = std::make_shared<CudaBackend>(api, i);
      if (found.devices.empty()) backend->open();  // the default device is one that can be used
      add_kernels(*backend);
      found.devices.push_back(std::move(backend));
    } catch (const Error& error) {
      found.problems.emplace_back(error.what());
    }
  }
}

}  // namespace
}  // namespace weft::cuda

extern "C" __attribute__((visibility("default"))) const char* weft_plugin(
    const char* build_id, weft::detail::PluginDevices& found) {
  if (std::string_view(build_id) == weft::detail::generated_build_id) {
    try {
      weft::cuda::find_devices(found);
    } catch (const weft::Error& error) {
      found.problems.emplace_back(error.what());
    }
  }
  return weft::detail::generated_build_id;
}
