#include "backends/cuda/planning.hpp"

#include <weft/core/error.h>

#include <cstdlib>

namespace weft::cuda {
namespace {

thread_local bool bound_was_given = false;

[[noreturn]] void refuse() {
  throw DeviceError("cuda (planned): there is no device to run on. Expected: plans only.");
}

/// Host memory for what a backend makes when it begins; nothing else.
class PlanningApi final : public DeviceApi {
 public:
  int device_count() override { return 1; }
  DeviceProperties properties(int) override {
    return {.name = "NVIDIA H200",
            .major = planned_major,
            .minor = 0,
            .memory_bytes = std::size_t{141} << 30};
  }
  void set_device(int) override {}
  void* allocate(std::size_t bytes) override { return std::calloc(1, bytes); }
  void free(void* memory) noexcept override { std::free(memory); }
  void* allocate_pinned(std::size_t bytes) override { return std::calloc(1, bytes); }
  void free_pinned(void* memory) noexcept override { std::free(memory); }
  void memory_info(std::size_t& free_bytes, std::size_t& total_bytes) override {
    free_bytes = total_bytes = properties(0).memory_bytes;
  }
  StreamHandle create_stream() override { return this; }
  void destroy_stream(StreamHandle) noexcept override {}
  void synchronize(StreamHandle) override {}
  EventHandle create_event() override { return this; }
  void destroy_event(EventHandle) noexcept override {}
  void record(EventHandle, StreamHandle) override {}
  void wait(StreamHandle, EventHandle) override {}
  void synchronize_event(EventHandle) override {}
  void copy_to_device(void*, const void*, std::size_t, StreamHandle) override { refuse(); }
  void copy_to_host(void*, const void*, std::size_t, StreamHandle) override { refuse(); }
  void copy(void*, const void*, std::size_t, StreamHandle) override { refuse(); }
  void fill_zero(void*, std::size_t, StreamHandle) override {}  // calloc has done it
  void begin_capture(StreamHandle) override { refuse(); }
  GraphHandle end_capture(StreamHandle) override { refuse(); }
  void launch_graph(GraphHandle, StreamHandle) override { refuse(); }
  void destroy_graph(GraphHandle) noexcept override {}
  Counts counts() const override { return {}; }
};

}  // namespace

PlanningBackend::PlanningBackend() : CudaBackend(std::make_shared<PlanningApi>(), 0) {}

PreparedKernel PlanningBackend::prepare(const KernelRequest& request) {
  bound_was_given = false;
  PreparedKernel kernel = CudaBackend::prepare(request);
  kernel.at_most = bound_was_given;
  return kernel;
}

std::size_t at_most(std::size_t bytes) {
  bound_was_given = true;
  return bytes;
}

void refuse_to_run(const KernelArgs&) { refuse(); }

}  // namespace weft::cuda
