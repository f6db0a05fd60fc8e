// The CUDA runtime's errors as weft's.
#pragma once
#include <cuda_runtime_api.h>

#include <string>

namespace weft::cuda {

/// Throws DeviceError naming the call, CUDA's name of the error and its words, unless `status` is
/// success.
void check(cudaError_t status, const char* call);

/// Why nothing can run, and what to do about it, in one sentence: of the status of
/// cudaGetDeviceCount (success: it counted none) and of the versions that cudaDriverGetVersion (0:
/// none) and cudaRuntimeGetVersion give.
std::string why_no_device(cudaError_t status, int driver_version, int runtime_version);

/// What is wrong with a library that was found, as a sentence; "" where nothing is.
std::string library_problem();

/// How CUDA's versions are written: 13000 is "13.0".
std::string cuda_version(int version);

/// "CUDA 13.0, driver for CUDA 13.1, cuDNN 9.19.0, cuBLASLt 13.1.0" (or "no driver"): what this
/// process runs with.
std::string runtime_versions();

}  // namespace weft::cuda
