#include "backends/cuda/cudnn/target.hpp"

#include <fmt/core.h>

#include "generated/planned_device.hpp"

namespace weft::cuda::cudnn {

Target::Target(std::string name)
    : properties_(CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR), name_(std::move(name)) {}

Target Target::of_handle(cudnnHandle_t handle, int device) {
  Target target(fmt::format("cuda:{}", device));
  target.properties_.set(CUDNN_ATTR_DEVICEPROP_HANDLE, handle).finalize();
  return target;
}

Target Target::described(const std::string& json) {
  Target target(json);
  target.properties_.set(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, json).finalize();
  return target;
}

std::string Target::json() const {
  constexpr std::int64_t most = 64 * 1024;
  const std::vector<char> text =
      properties_.get<char>(CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION, most);
  return {text.begin(), text.end()};
}

const Target& planned_target() {
  static const Target target = Target::described(planned_device);
  return target;
}

}  // namespace weft::cuda::cudnn
