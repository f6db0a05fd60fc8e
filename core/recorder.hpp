// Who listens while ops are applied: traces take ops over, tapes look on, the graph of layers takes
// functional tensors.
#pragma once
#include <weft/core/op.h>
#include <weft/core/variable.h>

#include <cstdint>
#include <string>
#include <vector>

namespace weft::detail {

/// A trace: ops are recorded instead of computed. The innermost one of the thread's stack decides.
class Trace {
 public:
  Trace();
  virtual ~Trace() = default;
  std::uint64_t id() const { return id_; }
  virtual std::vector<Tensor> record(const OpDef& op, const std::vector<Tensor>& inputs,
                                     const Config& attrs,
                                     const std::vector<TensorSpec>& outputs) = 0;
  virtual Tensor read(const Variable& variable) = 0;
  virtual void assign(const Variable& variable, const Tensor& value) = 0;
  /// Whether only shapes are inferred, for the graph of layers (dimensions may be None).
  virtual bool abstract() const { return false; }

 private:
  std::uint64_t id_;
};

/// A tape: told of each op after it was applied, eagerly or in a trace.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void applied(const OpDef& op, const std::vector<Tensor>& inputs, const Config& attrs,
                       const std::vector<Tensor>& outputs) = 0;
  virtual void was_read(const Variable& variable, const Tensor& value) = 0;
};

/// The present thread's stack of traces and list of tapes.
struct Recording {
  std::vector<Trace*> traces;
  std::vector<Listener*> tapes;
  Trace* trace() const { return traces.empty() ? nullptr : traces.back(); }
};
Recording& recording();

/// Pushes a trace for a scope.
class TraceScope {
 public:
  explicit TraceScope(Trace& trace);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;
};

/// For a scope, ops compute eagerly whatever is being traced, and no tape listens: for making
/// weights and slots.
class EagerScope {
 public:
  EagerScope();
  ~EagerScope();
  EagerScope(const EagerScope&) = delete;
  EagerScope& operator=(const EagerScope&) = delete;

 private:
  Recording saved_;
};

/// Set by the graph library at start-up: what an op on functional tensors does.
using FunctionalHook = std::vector<Tensor> (*)(const OpDef&, const std::vector<Tensor>&,
                                               const Config&);
void set_functional_hook(FunctionalHook hook);

/// The names of the layers whose `call` is running, outermost first, joined by '/': for dumps,
/// profiles and messages.
std::string& layer_scope();

}  // namespace weft::detail
