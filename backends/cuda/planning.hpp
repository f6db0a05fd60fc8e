// What kernels would need on a GPU that is not there.
#pragma once
#include <memory>

#include "backends/cuda/cuda_backend.hpp"

namespace weft::cuda {

inline constexpr int planned_major = 9;  ///< compute capability

/// "cuda (planned)", an H200 as far as anything depends on it: kernels are prepared for it, nothing
/// runs. It makes no call of a driver.
class PlanningBackend final : public CudaBackend {
 public:
  PlanningBackend();
  std::string device() const override { return "cuda (planned)"; }
  bool can_capture() const override { return false; }
  bool only_plans() const override { return true; }
  PreparedKernel prepare(const KernelRequest& request) override;
};

/// What a library that must ask its device for the bytes needs at most: the kernel that is being
/// prepared is marked (PreparedKernel::at_most).
std::size_t at_most(std::size_t bytes);

/// The `run` of a kernel that is there for its needs alone.
void refuse_to_run(const KernelArgs& args);

}  // namespace weft::cuda
