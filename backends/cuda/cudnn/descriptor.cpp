#include "backends/cuda/cudnn/descriptor.hpp"

#include <fmt/core.h>

namespace weft::cuda::cudnn {
namespace {

void check_attribute(cudnnStatus_t status, const char* what, cudnnBackendAttributeName_t name) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  check(status, fmt::format("{} attribute {}", what, static_cast<int>(name)).c_str());
}

}  // namespace

std::string explanation(cudnnStatus_t status) {
  char words[512] = {};
  cudnnGetLastErrorString(words, sizeof words);
  std::string text = cudnnGetErrorString(status);
  if (words[0] != '\0') text += fmt::format(" ({})", words);
  return text;
}

void check(cudnnStatus_t status, const char* what) {
  if (status == CUDNN_STATUS_SUCCESS) return;
  throw DeviceError(fmt::format("cuDNN: {}: {}", what, explanation(status)));
}

Descriptor::Descriptor(cudnnBackendDescriptorType_t type) {
  check(cudnnBackendCreateDescriptor(type, &raw_), "making a descriptor");
}

Descriptor::~Descriptor() {
  if (raw_ != nullptr) cudnnBackendDestroyDescriptor(raw_);
}

Descriptor& Descriptor::finalize() {
  check(cudnnBackendFinalize(raw_), "closing a descriptor");
  return *this;
}

// One engine that fails, whatever the reason, is passed over like one that refuses.
bool Descriptor::try_finalize() { return cudnnBackendFinalize(raw_) == CUDNN_STATUS_SUCCESS; }

Descriptor& Descriptor::set_values(cudnnBackendAttributeName_t name,
                                   cudnnBackendAttributeType_t type, std::int64_t count,
                                   const void* values) {
  check_attribute(cudnnBackendSetAttribute(raw_, name, type, count, values), "setting", name);
  return *this;
}

Descriptor& Descriptor::set(cudnnBackendAttributeName_t name,
                            const std::vector<Descriptor>& values) {
  std::vector<cudnnBackendDescriptor_t> raw;
  for (const Descriptor& value : values) raw.push_back(value.raw_);
  return set_values(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, static_cast<std::int64_t>(raw.size()),
                    static_cast<const void*>(raw.data()));
}

std::int64_t Descriptor::get_values(cudnnBackendAttributeName_t name,
                                    cudnnBackendAttributeType_t type, std::int64_t count,
                                    void* values) const {
  std::int64_t found = 0;
  check_attribute(cudnnBackendGetAttribute(raw_, name, type, count, &found, values), "reading",
                  name);
  return found < count || count == 0 ? found : count;
}

std::vector<Descriptor> Descriptor::get_descriptors(cudnnBackendAttributeName_t name,
                                                    cudnnBackendDescriptorType_t type) const {
  const std::int64_t count = get_values(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, 0, nullptr);
  std::vector<Descriptor> found;
  std::vector<cudnnBackendDescriptor_t> raw;
  for (std::int64_t i = 0; i < count; ++i) raw.push_back(found.emplace_back(type).raw());
  if (count == 0) return found;
  const std::int64_t filled =
      get_values(name, CUDNN_TYPE_BACKEND_DESCRIPTOR, count, static_cast<void*>(raw.data()));
  while (static_cast<std::int64_t>(found.size()) > filled) found.pop_back();
  return found;
}

}  // namespace weft::cuda::cudnn
