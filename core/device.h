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
/// Why devices that weft could use are not among them: a sentence for each reason, with what to
/// install. Empty where there is a GPU that works.
std::vector<std::string> device_problems();
/// Where new tensors and models live: "cpu", "cuda:0" ("cuda" is the same). At start-up
/// WEFT_DEVICE, else the first GPU that can be used, else the processor. Models that exist stay
/// where they are. Throws DeviceError.
void set_device(std::string_view device);
std::string device();
/// Has a GPU's work put on a stream of the caller's (a cudaStream_t), behind all that was put on
/// the one before; null: on weft's own again. The caller keeps the stream alive. Throws DeviceError
/// for a device without streams.
void set_stream(std::string_view device, void* stream);
/// Bytes that live tensors, variables and plans hold on a device now, and at most so far.
std::size_t used_memory_bytes(std::string_view device = "cpu");
std::size_t peak_memory_bytes(std::string_view device = "cpu");

}  // namespace weft
