#include "backends/cuda/cuda_backend.hpp"

#include <fmt/core.h>
#include <weft/core/error.h>
#include <weft/core/log.h>

#include <utility>
#include <vector>

#include "backends/cuda/commit.hpp"
#include "backends/cuda/feed.hpp"
#include "backends/cuda/gather_rows.hpp"
#include "backends/cuda/host_kernel.hpp"
#include "core/environment.hpp"

namespace weft::cuda {
namespace {

constexpr std::size_t alignment = 256;
constexpr std::size_t entries_offset = alignment;  // behind the flag
constexpr std::size_t table_bytes = entries_offset + RefusalTable::capacity * sizeof(Refusal);

// Ends a capture whose function has thrown: that is to come out, whatever this does.
void discard(DeviceApi& api, StreamHandle stream) noexcept {
  try {
    if (GraphHandle graph = api.end_capture(stream); graph != nullptr) api.destroy_graph(graph);
  } catch (const Error&) {
    return;
  }
}

thread_local CudaBackend* preparing = nullptr;

struct PreparingScope {
  explicit PreparingScope(CudaBackend* backend) : outer(std::exchange(preparing, backend)) {}
  ~PreparingScope() { preparing = outer; }
  PreparingScope(const PreparingScope&) = delete;
  PreparingScope& operator=(const PreparingScope&) = delete;
  CudaBackend* outer;
};

}  // namespace

CudaBackend& preparing_backend() {
  if (preparing == nullptr)
    throw DeviceError("cuda: a kernel was prepared outside Backend::prepare.");
  return *preparing;
}

CudaBackend::CudaBackend(std::shared_ptr<DeviceApi> api, int device)
    : api_(std::move(api)),
      index_(device),
      properties_(api_->properties(device)),
      pool_(api_),
      captures_(weft::detail::environment_flag("WEFT_CUDA_GRAPH", true)) {
  if (properties_.major < 8) {
    throw DeviceError(fmt::format(
        "cuda:{}: {} is too old. Expected: compute capability 8.0 or newer. Received: {}.{}.",
        index_, properties_.name, properties_.major, properties_.minor));
  }
  stream_.api = api_.get();
  stream_.device = index_;
}

CudaBackend::~CudaBackend() { release(); }

void CudaBackend::release() noexcept {
  pool_.deallocate(std::exchange(stream_.refusals.flag, nullptr));
  if (found_ != nullptr) api_->free_pinned(std::exchange(found_, nullptr));
  if (weft_stream_ != nullptr) api_->destroy_stream(std::exchange(weft_stream_, nullptr));
}

void CudaBackend::activate() {
  api_->set_device(index_);
  std::call_once(opened_, [this] {
    try {
      stream_.own = weft_stream_ = api_->create_stream();
      make_refusal_table();
    } catch (...) {
      release();
      throw;
    }
    open_ = true;
  });
}

void CudaBackend::make_refusal_table() {
  found_ = static_cast<unsigned*>(api_->allocate_pinned(sizeof(unsigned)));
  auto* table = static_cast<std::byte*>(pool_.allocate(table_bytes));
  stream_.refusals.flag = reinterpret_cast<unsigned*>(table);
  if (table == nullptr || found_ == nullptr)
    throw OutOfMemory(fmt::format("{}: there is not even memory to begin with.", device()));
  *found_ = 0;
  stream_.refusals.entries = reinterpret_cast<Refusal*>(table + entries_offset);
  api_->fill_zero(table, table_bytes, stream_.own);
}

std::string CudaBackend::device() const { return fmt::format("cuda:{}", index_); }

std::string CudaBackend::description() const {
  return fmt::format("{}, compute capability {}.{}, {:.1f} GiB{}{}", properties_.name,
                     properties_.major, properties_.minor,
                     static_cast<double>(properties_.memory_bytes) / (1 << 30),
                     properties_.versions.empty() ? "" : "; ", properties_.versions);
}

void* CudaBackend::stream() {
  activate();
  return &stream_;
}

const unsigned* CudaBackend::refused() {
  if (!open_) activate();
  return stream_.refusals.flag;
}

// What was put on the old stream comes first.
void CudaBackend::use_stream(void* native) {
  activate();
  StreamHandle next = native != nullptr ? native : weft_stream_;
  if (next == stream_.own) return;
  const std::shared_ptr<void> before(api_->create_event(),
                                     [api = api_](void* event) { api->destroy_event(event); });
  api_->record(before.get(), stream_.own);
  api_->wait(next, before.get());
  stream_.own = next;
}

// A convolution for which cuDNN has no engine with so little is the plain kernel's.
bool CudaBackend::save_memory() {
  constexpr std::size_t least = std::size_t{8} << 20, factor = 8;
  pool_.trim();
  if (workspace_limit_ <= least) return false;
  workspace_limit_ = workspace_limit_ / factor;
  return true;
}

PreparedKernel CudaBackend::prepare(const KernelRequest& request) {
  activate();
  if (is_of_host_only(*this, request.op.name)) return prepare_on_host(*this, request);
  const PreparingScope scope(this);
  return kernels().prepare(request);
}

void* CudaBackend::allocate(std::size_t bytes) {
  activate();
  // A replay would write into memory that is another's by then.
  if (stream_.is_captured())
    throw DeviceError(device() + ": memory was asked for while a step is being recorded.");
  void* memory = pool_.allocate(bytes);
  if (memory == nullptr) {
    std::size_t free = 0, total = 0;
    api_->memory_info(free, total);
    throw OutOfMemory(fmt::format(
        "{}: could not allocate {} bytes; {} of {} are free. Lower the batch size or the model's "
        "size.",
        device(), bytes, free, total));
  }
  return memory;
}

void CudaBackend::deallocate(void* memory, std::size_t) noexcept { pool_.deallocate(memory); }

void CudaBackend::copy_from_host(void* to, const void* host, std::size_t bytes) {
  if (bytes == 0) return;
  activate();
  api_->copy_to_device(to, host, bytes, stream_.handle());
  if (api_->reads_later(host)) api_->synchronize(stream_.handle());
}

void CudaBackend::copy_to_host(void* host, const void* from, std::size_t bytes) {
  activate();
  if (bytes != 0) api_->copy_to_host(host, from, bytes, stream_.handle());
  wait_and_check();
}

void CudaBackend::copy(void* to, const void* from, std::size_t bytes) {
  if (bytes == 0) return;
  activate();
  api_->copy(to, from, bytes, stream_.handle());
}

void CudaBackend::commit(void* variable, const void* value, std::size_t bytes) {
  if (bytes == 0) return;
  activate();
  copy_unless_refused(variable, value, bytes, &stream_);
}

void CudaBackend::fill_zero(void* memory, std::size_t bytes) {
  if (bytes == 0) return;
  activate();
  api_->fill_zero(memory, bytes, stream_.handle());
}

void CudaBackend::synchronize() {
  if (!open_) return;
  activate();
  wait_and_check();
}

void CudaBackend::wait_and_check() {
  const std::lock_guard lock(waits_);
  api_->copy_to_host(found_, stream_.refusals.flag, sizeof(unsigned), stream_.handle());
  api_->synchronize(stream_.handle());
  if (*found_ != 0) throw_refusal();
}

// The first kernel of the table that refused, whichever ran first: only one step can be meant,
// because the steps behind it leave the variables as they are.
void CudaBackend::throw_refusal() {
  std::vector<Refusal> entries(RefusalTable::capacity);
  api_->copy_to_host(entries.data(), stream_.refusals.entries, entries.size() * sizeof(Refusal),
                     stream_.handle());
  api_->fill_zero(stream_.refusals.flag, table_bytes, stream_.handle());
  api_->synchronize(stream_.handle());
  *found_ = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (entries[i].refused != 0) throw Error(refusal_text(static_cast<int>(i), entries[i]));
  }
  throw Error(device() + ": a kernel refused its data, and left no word why.");
}

// Null is no error: what cannot be recorded can be run, and where it cannot that says why.
std::shared_ptr<void> CudaBackend::capture(const Fn<void()>& run) {
  std::string why = "the driver cannot";
  try {
    activate();
    if (std::shared_ptr<void> recording = record(run)) return recording;
  } catch (const DeviceError& error) {
    why = error.what();
  } catch (const OutOfMemory& error) {
    why = error.what();
  }
  weft::detail::log(
      LogLevel::warning,
      fmt::format("{}: a step could not be recorded and runs kernel by kernel: {}", device(), why));
  return nullptr;
}

// On a stream of its own: other threads may go on putting work on the common one.
std::shared_ptr<void> CudaBackend::record(const Fn<void()>& run) {
  if (const auto make_ready = before_capture.load()) make_ready(index_);
  const CaptureStream recording(stream_);
  api_->begin_capture(recording.handle());
  GraphHandle graph = nullptr;
  try {
    run();
    graph = api_->end_capture(recording.handle());
  } catch (...) {
    discard(*api_, recording.handle());
    throw;
  }
  if (graph == nullptr) return nullptr;
  return {graph, [api = api_](void* done) { api->destroy_graph(done); }};
}

void CudaBackend::replay(void* recording) {
  activate();
  api_->launch_graph(recording, stream_.handle());
}

std::unique_ptr<weft::detail::Feed> CudaBackend::make_feed(std::size_t bytes) {
  activate();
  return std::make_unique<RingFeed>(pool_, stream_, bytes);
}

void CudaBackend::gather_rows(void* to, const void* table, std::size_t row_bytes,
                              const std::int64_t* rows, std::int64_t count) {
  activate();
  cuda::gather_rows(to, table, row_bytes, rows, count, &stream_);
}

}  // namespace weft::cuda
