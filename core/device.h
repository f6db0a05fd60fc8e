// Devices by name, and what they hold.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace weft {

/// A device that can be used.
struct DeviceInfo {
  std::string name;         ///< "cpu", "cuda:0"
  std::string description;  ///< what it is, in words
};

/// All usable devices, "cpu" first.
std::vector<DeviceInfo> devices();
/// Where new tensors and models live; WEFT_DEVICE overrides the default at start-up. Throws
/// DeviceError.
void set_device(std::string_view device);
std::string device();
/// Bytes that live tensors, variables and plans hold on a device now, and at most so far.
std::size_t used_memory_bytes(std::string_view device = "cpu");
std::size_t peak_memory_bytes(std::string_view device = "cpu");

}  // namespace weft
