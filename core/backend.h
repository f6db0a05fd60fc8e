// What a device has to offer: memory, and a table of kernels. Kernels are prepared once for given
// shapes and run often.
#pragma once
#include <weft/core/op.h>

#include <span>

namespace weft {

/// What a kernel is asked for.
struct KernelRequest {
  const OpDef& op;
  const Config& attrs;
  std::span<const TensorSpec> inputs;
  std::span<const TensorSpec> outputs;
};

/// What a prepared kernel runs on. Inputs and outputs are dense and row-major; an output may be the
/// memory of an input only where the op's traits say so (in_place, pointwise).
struct KernelArgs {
  const void* const* inputs;
  void* const* outputs;
  void* workspace;
  void* stream = nullptr;  ///< null on a CPU
  /// Null, or where a device says that a kernel before this one has refused its data: a kernel that
  /// reads it (PreparedKernel::honours_refusals) then writes nothing.
  const unsigned* refused = nullptr;
  template <class T>
  const T* in(int i) const {
    return static_cast<const T*>(inputs[i]);
  }
  template <class T>
  T* out(int i) const {
    return static_cast<T*>(outputs[i]);
  }
};

/// A kernel ready to run on the request's shapes. It never allocates, never synchronises, and never
/// reads a host number that changes between steps.
struct PreparedKernel {
  Fn<void(const KernelArgs&)> run = {};
  std::size_t workspace_bytes = 0;
  /// Bytes that the last output takes, where its spec says less: what a library's kernel leaves
  /// there for the gradient's is its own affair.
  std::size_t last_output_bytes = 0;
  std::string name = {};      ///< "matmul/onednn", filled in by the table
  std::string declined = {};  ///< "cudnn: no bias": who was asked before, filled in by the table
  bool reference = false;     ///< filled in by the table
  /// The bytes above are upper bounds: the device that could say more is not there.
  bool at_most = false;
  /// Reads KernelArgs::refused: in a plan whose data a device may refuse, only such kernels write
  /// variables. On a CPU a refusal stops the plan before they run.
  bool honours_refusals = false;
};

/// One implementation of an op.
struct KernelEntry {
  std::string name;        ///< "reference", "onednn", "fast"
  bool reference = false;  ///< the complete one, tried last: the oracle of the others
  /// Returns a kernel, or one without `run` when the request is not for it; `why_not` then says
  /// why.
  PreparedKernel (*prepare)(const KernelRequest& request, std::string& why_not) = nullptr;
};

/// Op name -> implementations, tried in the order added, references last.
class KernelTable : detail::State {
 public:
  KernelTable();
  void add(std::string_view op, KernelEntry entry);
  /// Whether there is an implementation of the op.
  bool has(std::string_view op) const;
  /// The first implementation that accepts. WEFT_KERNEL=reference skips the others; WEFT_EXPLAIN=1
  /// prints each decision to standard error. Throws DeviceError naming op, dtypes and reasons when
  /// none does.
  PreparedKernel prepare(const KernelRequest& request) const;
};

/// A kind of device. The CPU's is always there.
class Backend {
 public:
  virtual ~Backend();
  virtual std::string device() const = 0;         ///< "cpu", "cuda:0"
  virtual std::string description() const = 0;    ///< what it is, in words
  virtual void* allocate(std::size_t bytes) = 0;  ///< 256-byte aligned; throws OutOfMemory
  virtual void deallocate(void* memory, std::size_t bytes) noexcept = 0;
  virtual void copy_from_host(void* to, const void* host, std::size_t bytes) = 0;
  virtual void copy_to_host(void* host, const void* from, std::size_t bytes) = 0;
  virtual void copy(void* to, const void* from, std::size_t bytes) = 0;  ///< within the device
  virtual void fill_zero(void* memory, std::size_t bytes) = 0;
  /// A copy into a variable at the end of a plan; nothing where a kernel refused the step's data.
  virtual void commit(void* variable, const void* value, std::size_t bytes) {
    copy(variable, value, bytes);
  }
  /// Waits for all work that was put on the device. Throws Error when a kernel refused its data.
  virtual void synchronize() = 0;
  /// See set_stream; throws DeviceError for a device without streams.
  virtual void use_stream(void* native);
  /// What kernels on this device get as KernelArgs::stream and ::refused, on this thread.
  virtual void* stream() { return nullptr; }
  virtual const unsigned* refused() { return nullptr; }
  /// The kernel for a request: kernels().prepare on this device.
  virtual PreparedKernel prepare(const KernelRequest& request) { return kernels_.prepare(request); }
  /// When memory has run out: gives back what nobody uses, and lets kernels that are prepared from
  /// now on ask for less workspace. False where nothing of the kind is left to do.
  virtual bool save_memory() { return false; }
  /// Says what kernels would need, and runs none: a device that is not there.
  virtual bool only_plans() const { return false; }
  virtual bool host_accessible() const { return false; }
  /// Recording a segment for replay; a backend without it returns false and runs step by step.
  virtual bool can_capture() const { return false; }
  KernelTable& kernels() { return kernels_; }

 private:
  KernelTable kernels_;
};

/// The backend of a device by name; throws DeviceError for one that is not there, naming those that
/// are.
Backend& backend(std::string_view device);
/// Makes another backend known (a plug-in).
void register_backend(std::shared_ptr<Backend> backend);

}  // namespace weft
