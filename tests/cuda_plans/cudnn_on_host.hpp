// cuDNN without a device: its plans are made by cuDNN itself, for a device that is described, and
// run by plain loops on this machine's memory, in the order of the emulated device's stream. The
// loops know a plan only from cuDNN's own JSON of it.
#pragma once
#include <cstddef>
#include <string>

struct CUstream_st;

/// What a handle of cuDNN is here.
struct cudnnContext {
  CUstream_st* stream = nullptr;
};

namespace weft::test {

/// The JSON of a device in backends/cuda/cudnn/devices: "sm_80", "sm_90", "sm_100".
std::string device_json(const std::string& name);

/// What handles made from now on are of; "sm_90" at first.
void set_host_device(const std::string& name);

struct HostCalls {
  std::size_t executed = 0;    ///< plans run
  std::size_t packs = 0;       ///< descriptors of addresses made
  std::string last_plan = {};  ///< the JSON of the plan that was run last
};
HostCalls& host_calls();

}  // namespace weft::test
