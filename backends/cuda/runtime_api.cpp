// DeviceApi by the CUDA runtime.
#include "backends/cuda/runtime_api.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <atomic>

#include "backends/cuda/device_api.hpp"

namespace weft::cuda {
namespace {

/// The first driver that runs a CUDA of that version: within one major version, any does.
int driver_for(int runtime_version) { return runtime_version >= 13000 ? 580 : 525; }

/// Of a call that gives something back: nobody could do anything about it.
void ignore(cudaError_t status) noexcept {
  if (status != cudaSuccess) static_cast<void>(cudaGetLastError());
}

/// Of an allocation: whether there was memory.
bool had_memory(cudaError_t status, const char* call) {
  if (status == cudaErrorMemoryAllocation) {
    static_cast<void>(cudaGetLastError());  // or the next launch would report it
    return false;
  }
  check(status, call);
  return true;
}

bool spoils_capture(cudaError_t status) {
  return status >= cudaErrorStreamCaptureUnsupported && status <= cudaErrorCapturedEvent;
}

cudaStream_t stream_at(StreamHandle handle) { return static_cast<cudaStream_t>(handle); }
cudaEvent_t event_at(EventHandle handle) { return static_cast<cudaEvent_t>(handle); }

int attribute(cudaDeviceAttr name, int device) {
  int value = 0;
  check(cudaDeviceGetAttribute(&value, name, device), "cudaDeviceGetAttribute");
  return value;
}

class RuntimeApi : public DeviceApi {
 public:
  explicit RuntimeApi(int devices) : devices_(devices) {
    for (int i = 0; i < devices && !reads_host_pages_; ++i)
      reads_host_pages_ = attribute(cudaDevAttrPageableMemoryAccessUsesHostPageTables, i) != 0;
  }

  int device_count() override { return devices_; }
  DeviceProperties properties(int device) override;
  void set_device(int device) override { check(cudaSetDevice(device), "cudaSetDevice"); }

  void* allocate(std::size_t bytes) override {
    ++allocations_;
    void* memory = nullptr;
    return had_memory(count(cudaMalloc(&memory, bytes)), "cudaMalloc") ? memory : nullptr;
  }
  void free(void* memory) noexcept override { ignore(count(cudaFree(memory))); }
  void* allocate_pinned(std::size_t bytes) override {
    ++allocations_;
    void* memory = nullptr;
    const cudaError_t status =
        count(cudaHostAlloc(&memory, bytes, cudaHostAllocPortable | cudaHostAllocMapped));
    return had_memory(status, "cudaHostAlloc") ? memory : nullptr;
  }
  void free_pinned(void* memory) noexcept override { ignore(count(cudaFreeHost(memory))); }
  void memory_info(std::size_t& free_bytes, std::size_t& total_bytes) override {
    check(count(cudaMemGetInfo(&free_bytes, &total_bytes)), "cudaMemGetInfo");
  }

  StreamHandle create_stream() override {
    cudaStream_t stream = nullptr;
    check(count(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking)),
          "cudaStreamCreateWithFlags");
    return stream;
  }
  void destroy_stream(StreamHandle stream) noexcept override {
    ignore(count(cudaStreamDestroy(stream_at(stream))));
  }
  void synchronize(StreamHandle stream) override {
    ++waits_;
    check(count(cudaStreamSynchronize(stream_at(stream))), "cudaStreamSynchronize");
  }
  EventHandle create_event() override {
    cudaEvent_t event = nullptr;
    check(count(cudaEventCreateWithFlags(&event, cudaEventDisableTiming)),
          "cudaEventCreateWithFlags");
    return event;
  }
  void destroy_event(EventHandle event) noexcept override {
    ignore(count(cudaEventDestroy(event_at(event))));
  }
  void record(EventHandle event, StreamHandle stream) override {
    check(count(cudaEventRecord(event_at(event), stream_at(stream))), "cudaEventRecord");
  }
  void wait(StreamHandle stream, EventHandle event) override {
    check(count(cudaStreamWaitEvent(stream_at(stream), event_at(event), 0)), "cudaStreamWaitEvent");
  }
  void synchronize_event(EventHandle event) override {
    ++waits_;
    check(count(cudaEventSynchronize(event_at(event))), "cudaEventSynchronize");
  }

  void copy_to_device(void* to, const void* host, std::size_t bytes, StreamHandle stream) override;
  bool reads_later(const void* host) override;
  void copy_to_host(void* host, const void* from, std::size_t bytes, StreamHandle stream) override {
    put_copy(host, from, bytes, cudaMemcpyDeviceToHost, stream);
  }
  void copy(void* to, const void* from, std::size_t bytes, StreamHandle stream) override {
    put_copy(to, from, bytes, cudaMemcpyDeviceToDevice, stream);
  }
  void fill_zero(void* memory, std::size_t bytes, StreamHandle stream) override {
    check(count(cudaMemsetAsync(memory, 0, bytes, stream_at(stream))), "cudaMemsetAsync");
  }

  void begin_capture(StreamHandle stream) override {
    // Other threads may go on allocating and waiting.
    check(count(cudaStreamBeginCapture(stream_at(stream), cudaStreamCaptureModeThreadLocal)),
          "cudaStreamBeginCapture");
  }
  GraphHandle end_capture(StreamHandle stream) override;
  void launch_graph(GraphHandle graph, StreamHandle stream) override {
    ++graphs_;
    check(count(cudaGraphLaunch(static_cast<cudaGraphExec_t>(graph), stream_at(stream))),
          "cudaGraphLaunch");
  }
  void destroy_graph(GraphHandle graph) noexcept override {
    ignore(count(cudaGraphExecDestroy(static_cast<cudaGraphExec_t>(graph))));
  }

  Counts counts() const override { return {calls_, allocations_, waits_, graphs_}; }

 private:
  cudaError_t count(cudaError_t status) noexcept {
    ++calls_;
    return status;
  }
  void put_copy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                StreamHandle stream) {
    check(count(cudaMemcpyAsync(to, from, bytes, kind, stream_at(stream))), "cudaMemcpyAsync");
  }

  const int devices_;
  bool reads_host_pages_ = false;
  std::atomic<std::size_t> calls_{0}, allocations_{0}, waits_{0}, graphs_{0};
};

DeviceProperties RuntimeApi::properties(int device) {
  // Of this structure CUDA 13 has lost members that 12 had; most come from attributes.
  cudaDeviceProp all = {};
  check(cudaGetDeviceProperties(&all, device), "cudaGetDeviceProperties");
  DeviceProperties p;
  p.name = all.name;
  p.memory_bytes = all.totalGlobalMem;
  p.major = attribute(cudaDevAttrComputeCapabilityMajor, device);
  p.minor = attribute(cudaDevAttrComputeCapabilityMinor, device);
  p.versions = runtime_versions();
  return p;
}

void RuntimeApi::copy_to_device(void* to, const void* host, std::size_t bytes,
                                StreamHandle stream) {
  put_copy(to, host, bytes, cudaMemcpyHostToDevice, stream);
}

// Memory that is not pinned has been copied to a buffer of the driver's when the call returns, but
// on a device with the host's page tables (Grace).
bool RuntimeApi::reads_later(const void* host) {
  if (reads_host_pages_) return true;
  cudaPointerAttributes of = {};
  check(cudaPointerGetAttributes(&of, host), "cudaPointerGetAttributes");
  return of.type != cudaMemoryTypeUnregistered;
}

GraphHandle RuntimeApi::end_capture(StreamHandle stream) {
  cudaGraph_t graph = nullptr;
  cudaError_t status = count(cudaStreamEndCapture(stream_at(stream), &graph));
  if (spoils_capture(status)) {
    static_cast<void>(cudaGetLastError());
    weft::detail::log(LogLevel::warning,
                      fmt::format("cuda: recording ended with {}.", cudaGetErrorName(status)));
    if (graph != nullptr) ignore(cudaGraphDestroy(graph));
    return nullptr;
  }
  check(status, "cudaStreamEndCapture");
  cudaGraphExec_t exec = nullptr;
  ++allocations_;
  status = count(cudaGraphInstantiate(&exec, graph, 0));  // CUDA 11 had another form of it
  ignore(cudaGraphDestroy(graph));
  return had_memory(status, "cudaGraphInstantiate") ? exec : nullptr;
}

}  // namespace

void check(cudaError_t status, const char* call) {
  if (status == cudaSuccess) return;
  static_cast<void>(cudaGetLastError());
  throw DeviceError(fmt::format("cuda: {} failed: {} ({}).", call, cudaGetErrorName(status),
                                cudaGetErrorString(status)));
}

std::string why_no_device(cudaError_t status, int driver_version, int runtime_version) {
  const std::string runtime = cuda_version(runtime_version);
  const int driver = driver_for(runtime_version);
  switch (status) {
    case cudaErrorInsufficientDriver:
      if (driver_version == 0) {
        return fmt::format(
            "cuda: there is no NVIDIA driver. Install the driver, version {} or newer, for an "
            "NVIDIA GPU.",
            driver);
      }
      return fmt::format(
          "cuda: the NVIDIA driver is too old. Expected: one for CUDA {}, version {} or newer. "
          "Received: one for CUDA {}.",
          runtime, driver, cuda_version(driver_version));
    case cudaErrorStubLibrary:
      return fmt::format(
          "cuda: the libcuda.so.1 that was found is the toolkit's stub, not a driver. Install the "
          "NVIDIA driver, version {} or newer, and take the toolkit's folder stubs off "
          "LD_LIBRARY_PATH.",
          driver);
    case cudaSuccess:
    case cudaErrorNoDevice:
      return "cuda: the NVIDIA driver finds no GPU. See whether nvidia-smi lists one, and whether "
             "CUDA_VISIBLE_DEVICES hides it.";
    default:
      return fmt::format("cuda: the devices cannot be used: {} ({}; CUDA {}, driver for CUDA {}).",
                         cudaGetErrorName(status), cudaGetErrorString(status), runtime,
                         cuda_version(driver_version));
  }
}

std::shared_ptr<DeviceApi> make_device_api() {
  int devices = 0, driver = 0, runtime = 0;
  const cudaError_t status = cudaGetDeviceCount(&devices);
  if (status == cudaSuccess && devices > 0) {
    if (const std::string problem = library_problem(); !problem.empty()) throw DeviceError(problem);
    return std::make_shared<RuntimeApi>(devices);
  }
  static_cast<void>(cudaGetLastError());
  static_cast<void>(cudaDriverGetVersion(&driver));
  static_cast<void>(cudaRuntimeGetVersion(&runtime));
  throw DeviceError(why_no_device(status, driver, runtime));
}

}  // namespace weft::cuda
