// Ops that somebody has made for the CPU alone, on a device.
#pragma once
#include "backends/cuda/cuda_backend.hpp"

namespace weft::cuda {

/// Whether the CPU has kernels of an op and the device has none.
bool is_of_host_only(Backend& device, std::string_view op);

/// The CPU's kernel for a request of `device`: waits, copies the inputs to the host, and the
/// outputs back. Says so once per op. It cannot be recorded, so its step runs kernel by kernel.
PreparedKernel prepare_on_host(CudaBackend& device, const KernelRequest& request);

}  // namespace weft::cuda
