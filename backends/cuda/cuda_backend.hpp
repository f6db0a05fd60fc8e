// A CUDA device as the rest of weft sees it. All work is put on one stream, in order; the host
// waits only where somebody reads.
#pragma once
#include <weft/core/backend.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>

#include "backends/cuda/memory_pool.hpp"
#include "backends/cuda/stream.hpp"
#include "core/capture.hpp"
#include "core/driver_counts.hpp"
#include "core/feeding.hpp"

namespace weft::cuda {

class CudaBackend : public Backend,
                    public weft::detail::Capturing,
                    public weft::detail::Feeding,
                    public weft::detail::CountsDriverCalls {
 public:
  /// Throws DeviceError when the device is older than compute capability 8.0.
  CudaBackend(std::shared_ptr<DeviceApi> api, int device);
  ~CudaBackend() override;
  CudaBackend(const CudaBackend&) = delete;
  CudaBackend& operator=(const CudaBackend&) = delete;

  /// Makes the device's context (some hundred MB of its memory) and what every use needs. Without
  /// it the first use does.
  void open() { activate(); }

  std::string device() const override;
  std::string description() const override;
  void* allocate(std::size_t bytes) override;
  void deallocate(void* memory, std::size_t bytes) noexcept override;
  void copy_from_host(void* to, const void* host, std::size_t bytes) override;
  void copy_to_host(void* host, const void* from, std::size_t bytes) override;
  void copy(void* to, const void* from, std::size_t bytes) override;
  void commit(void* variable, const void* value, std::size_t bytes) override;
  void fill_zero(void* memory, std::size_t bytes) override;
  void synchronize() override;
  void use_stream(void* native) override;
  void* stream() override;
  const unsigned* refused() override;
  PreparedKernel prepare(const KernelRequest& request) override;

  /// Trims the pool, and lowers the limit of convolutions' workspaces: from 512 MiB to 64, to 8.
  bool save_memory() override;
  /// What a convolution may ask for.
  std::size_t workspace_limit() const { return workspace_limit_; }

  /// False where WEFT_CUDA_GRAPH=0.
  bool can_capture() const override { return captures_; }
  std::shared_ptr<void> capture(const Fn<void()>& run) override;
  void replay(void* recording) override;
  std::unique_ptr<weft::detail::Feed> make_feed(std::size_t bytes) override;
  void gather_rows(void* to, const void* table, std::size_t row_bytes, const std::int64_t* rows,
                   std::int64_t count) override;
  weft::detail::DriverCounts driver_counts() const override { return api_->counts(); }

  DeviceApi& api() { return *api_; }
  MemoryPool& pool() { return pool_; }

 private:
  void activate();
  void make_refusal_table();
  void release() noexcept;
  std::shared_ptr<void> record(const Fn<void()>& run);
  void wait_and_check();
  [[noreturn]] void throw_refusal();

  std::shared_ptr<DeviceApi> api_;
  int index_;
  DeviceProperties properties_;
  MemoryPool pool_;
  std::once_flag opened_;
  std::atomic<bool> open_ = false;
  StreamHandle weft_stream_ = nullptr;
  Stream stream_;              // on weft's stream, or on the caller's (use_stream)
  std::mutex waits_;           // of one thread at a time: the flag is read, then cleared
  unsigned* found_ = nullptr;  // pinned: the flag as of the last wait
  bool captures_;
  std::atomic<std::size_t> workspace_limit_{std::size_t{512} << 20};
};

/// Called on a thread before it records a step on a device: what it needs there and has not made
/// yet cannot be made while it records. Set by a library when it is first used.
inline std::atomic<void (*)(int device)> before_capture{nullptr};

/// The device that kernels are being prepared for on this thread; throws where none is.
CudaBackend& preparing_backend();

}  // namespace weft::cuda
