#include "backends/cuda/host_kernel.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <algorithm>
#include <mutex>
#include <set>
#include <span>
#include <vector>

#include "core/byte_count.hpp"
#include "core/tensor_impl.hpp"

namespace weft::cuda {
namespace {

using weft::detail::Storage;

std::vector<std::shared_ptr<Storage>> memories(Backend& host,
                                               const std::vector<std::size_t>& bytes) {
  std::vector<std::shared_ptr<Storage>> made;
  for (std::size_t b : bytes) made.push_back(std::make_shared<Storage>(host, b));
  return made;
}

std::vector<std::size_t> bytes_of(std::span<const TensorSpec> specs) {
  std::vector<std::size_t> bytes;
  for (const TensorSpec& s : specs) bytes.push_back(weft::detail::byte_count(s.shape, s.dtype));
  return bytes;
}

void say_once(const std::string& op, const std::string& device) {
  static std::mutex mutex;
  static std::set<std::string> said;
  const std::lock_guard lock(mutex);
  if (!said.insert(op).second) return;
  weft::detail::log(
      LogLevel::warning,
      fmt::format("ops::{} has a kernel for the CPU and none for {}: it runs on the host, and its "
                  "data is copied there and back.",
                  op, device));
}

struct HostKernel {
  CudaBackend& device;
  Backend& host;
  PreparedKernel kernel;
  std::string op;
  std::vector<std::size_t> input_bytes, output_bytes;

  void run(const KernelArgs& a) const {
    if (stream_of(a.stream).is_captured())
      throw DeviceError("ops::" + op + " runs on the host, so a step with it is not recorded.");
    const auto inputs = memories(host, input_bytes), outputs = memories(host, output_bytes);
    const Storage workspace(host, kernel.workspace_bytes);
    std::vector<const void*> in;
    std::vector<void*> out;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      device.copy_to_host(inputs[i]->data, a.inputs[i], input_bytes[i]);
      in.push_back(inputs[i]->data);
    }
    for (const auto& memory : outputs) out.push_back(memory->data);
    kernel.run({in.data(), out.data(), workspace.data, host.stream()});
    for (std::size_t i = 0; i < outputs.size(); ++i)
      device.copy_from_host(a.outputs[i], out[i], output_bytes[i]);
  }
};

}  // namespace

bool is_of_host_only(Backend& device, std::string_view op) {
  return !device.kernels().has(op) && backend("cpu").kernels().has(op);
}

PreparedKernel prepare_on_host(CudaBackend& device, const KernelRequest& request) {
  Backend& host = backend("cpu");
  PreparedKernel kernel = host.prepare(request);
  say_once(request.op.name, device.device());
  HostKernel on_host{
      device, host, kernel, request.op.name, bytes_of(request.inputs), bytes_of(request.outputs)};
  if (!on_host.output_bytes.empty())
    on_host.output_bytes.back() = std::max(on_host.output_bytes.back(), kernel.last_output_bytes);
  return {.run = [on_host = std::move(on_host)](const KernelArgs& a) { on_host.run(a); },
          .last_output_bytes = kernel.last_output_bytes,
          .name = kernel.name + " on the host",
          .reference = true};
}

}  // namespace weft::cuda
