// What plans are made for: a device of this machine, or one that is only described.
#pragma once
#include <string>

#include "backends/cuda/cudnn/descriptor.hpp"

namespace weft::cuda::cudnn {

/// A device as cuDNN's heuristics and plans see it. Neither the operation graph nor the plan gets a
/// handle: that way is deprecated.
class Target {
 public:
  /// The device of a handle.
  static Target of_handle(cudnnHandle_t handle, int device);
  /// One that is described by cuDNN's own JSON: plans for it are made on any machine. Throws
  /// DeviceError where this version of cuDNN does not know the form.
  static Target described(const std::string& json);

  const Descriptor& properties() const { return properties_; }
  /// Two targets with the same name are the same device.
  const std::string& name() const { return name_; }
  /// What `described` takes, of this target.
  std::string json() const;

 private:
  explicit Target(std::string name);

  Descriptor properties_;
  std::string name_;
};

/// The device that is planned for where there is none (backends/cuda/planning.hpp).
const Target& planned_target();

}  // namespace weft::cuda::cudnn
