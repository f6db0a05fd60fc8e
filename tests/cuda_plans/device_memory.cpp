#include "tests/cuda_plans/device_memory.h"

#include <weft/core/device.h>

#include <cstring>
#include <memory>

#include "backends/cuda/cuda_backend.hpp"
#include "backends/cuda/emulate/host_api.hpp"
#include "core/functors/half.h"
#include "tests/harness/catch.h"

namespace weft::registration {
void all_cuda_kernels(KernelTable& table);
void cudnn_conv(KernelTable& table);
void cudnn_gru(KernelTable& table);
void cudnn_lstm(KernelTable& table);
}  // namespace weft::registration

namespace weft::testing {
namespace {

double number(const std::byte* from, DType dtype) {
  const auto get = [&](auto value) {
    std::memcpy(&value, from, sizeof value);
    return value;
  };
  if (dtype == DType::float64) return get(0.0);
  if (dtype == DType::float32) return static_cast<double>(get(0.0F));
  if (dtype == DType::float16) return static_cast<double>(to_float(get(Float16())));
  return static_cast<double>(to_float(get(BFloat16())));
}

}  // namespace

Backend& device() {
  static const std::shared_ptr<Backend> made = [] {
    auto backend = std::make_shared<cuda::CudaBackend>(
        std::make_shared<cuda::emulate::HostApi>(cuda::emulate::options_from_environment()), 0);
    KernelTable& table = backend->kernels();
    registration::cudnn_conv(table);
    registration::cudnn_gru(table);
    registration::cudnn_lstm(table);
    registration::all_cuda_kernels(table);
    register_backend(backend);
    set_device("cpu");
    return backend;
  }();
  return *made;
}

Block::Block(Backend& backend, std::size_t bytes, std::size_t offset)
    : backend_(backend),
      bytes_(bytes),
      offset_(offset),
      memory_(backend.allocate(offset + bytes + fence.size())) {
  backend_.copy_from_host(data() + bytes_, fence.data(), fence.size());
}

Block::~Block() { backend_.deallocate(memory_, offset_ + bytes_ + fence.size()); }

void Block::write(const void* from) const { backend_.copy_from_host(data(), from, bytes_); }

std::vector<std::byte> Block::read() const {
  std::vector<std::byte> all(bytes_ + fence.size());
  backend_.copy_to_host(all.data(), data(), all.size());
  CHECK(std::memcmp(all.data() + bytes_, fence.data(), fence.size()) == 0);
  all.resize(bytes_);
  return all;
}

std::size_t bytes_of(const TensorSpec& spec) {
  return static_cast<std::size_t>(spec.shape.size()) * spec.dtype.itemsize();
}

Array numbers(const std::vector<std::byte>& bytes, const TensorSpec& spec) {
  Array a{spec.shape, {}};
  for (std::size_t i = 0; i < bytes_of(spec); i += spec.dtype.itemsize())
    a.values.push_back(number(bytes.data() + i, spec.dtype));
  return a;
}

}  // namespace weft::testing
