// The stack of layers whose `build` or `call` is running on this thread.
#pragma once
#include <weft/graph/functional/layer.h>

#include <string>

namespace weft::detail {

/// A layer whose `build` or `call` is running.
struct CallFrame {
  const Layer* layer = nullptr;
  const CallFrame* parent = nullptr;
  bool building = false;    // in build functional tensors may be made, and nothing is inherited
  bool runs_graph = false;  // its LayerGraph is running: what it calls belongs to it
  std::optional<bool> training = {};  // as given or inherited; absent: nobody said
};

/// The innermost frame; null outside all layers.
const CallFrame* current_call();
/// The `training` that a call made now inherits.
std::optional<bool> inherited_training();

/// Enters a frame and its name scope.
class FrameScope {
 public:
  explicit FrameScope(CallFrame& frame);
  ~FrameScope();
  FrameScope(const FrameScope&) = delete;
  FrameScope& operator=(const FrameScope&) = delete;

 private:
  std::string outer_scope_;
};

/// Enters a layer's name scope: weights made now are named .../layer/..., layers called now count
/// as inside its `build`. For code that builds a layer from outside (Sequential::add).
class BuildScope {
 public:
  explicit BuildScope(const Layer& layer);

 private:
  CallFrame frame_;
  FrameScope scope_;
};

/// Marks the running layer as executing its own graph.
class GraphRunScope {
 public:
  GraphRunScope();
  ~GraphRunScope();
  GraphRunScope(const GraphRunScope&) = delete;
  GraphRunScope& operator=(const GraphRunScope&) = delete;

 private:
  CallFrame* frame_;
  bool before_ = false;
};

}  // namespace weft::detail
