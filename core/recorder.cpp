#include "core/recorder.hpp"

#include <atomic>

namespace weft::detail {

Trace::Trace() {
  static std::atomic<std::uint64_t> next{1};
  id_ = next++;
}

Recording& recording() {
  thread_local Recording current;
  return current;
}

TraceScope::TraceScope(Trace& trace) { recording().traces.push_back(&trace); }
TraceScope::~TraceScope() { recording().traces.pop_back(); }

EagerScope::EagerScope() : saved_(recording()) { recording() = {}; }
EagerScope::~EagerScope() { recording() = std::move(saved_); }

std::string& layer_scope() {
  thread_local std::string scope;
  return scope;
}

}  // namespace weft::detail
