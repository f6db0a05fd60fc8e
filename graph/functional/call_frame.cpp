// The stack of layers whose `build` or `call` is running.
#include "graph/functional/call_frame.hpp"
#include "core/recorder.hpp"

namespace weft::detail {

CallFrame*& top_frame() {
  thread_local CallFrame* top = nullptr;
  return top;
}

const CallFrame* current_call() { return top_frame(); }

std::optional<bool> inherited_training() {
  const CallFrame* frame = top_frame();
  return frame == nullptr || frame->building ? std::nullopt : frame->training;
}

FrameScope::FrameScope(CallFrame& frame) : outer_scope_(layer_scope()) {
  // A layer that calls itself again (ModelLayer::operator() in a train_step) is one scope.
  const bool same = top_frame() != nullptr && top_frame()->layer == frame.layer;
  frame.parent = top_frame();
  top_frame() = &frame;
  if (same) return;
  std::string& scope = layer_scope();
  if (!scope.empty()) scope += '/';
  scope += frame.layer->name();
}

FrameScope::~FrameScope() {
  top_frame() = const_cast<CallFrame*>(top_frame()->parent);
  layer_scope() = std::move(outer_scope_);
}

BuildScope::BuildScope(const Layer& layer)
    : frame_{.layer = &layer, .building = true}, scope_(frame_) {}

GraphRunScope::GraphRunScope() : frame_(top_frame()) {
  if (frame_ == nullptr) return;
  before_ = frame_->runs_graph;
  frame_->runs_graph = true;
}

GraphRunScope::~GraphRunScope() {
  if (frame_ != nullptr) frame_->runs_graph = before_;
}

}  // namespace weft::detail
