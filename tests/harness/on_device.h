// A guard for tests that work on a device.
#pragma once
#include <weft/core/device.h>

#include <string>

namespace weft::test {

/// A default device, and the one before again at the end of the scope.
struct OnDevice {
  explicit OnDevice(const std::string& name) { set_device(name); }
  ~OnDevice() { set_device(before); }
  OnDevice(const OnDevice&) = delete;
  OnDevice& operator=(const OnDevice&) = delete;
  std::string before = device();
};

}  // namespace weft::test
