// What a backend offers beside Backend where it can record work and launch it again (CUDA graphs).
#pragma once
#include <weft/core/fn.h>

#include <memory>

namespace weft::detail {

/// A backend whose can_capture() is true derives from this too.
class Capturing {
 public:
  virtual ~Capturing() = default;
  /// Records what `run` launches, without running it; null where that cannot be.
  virtual std::shared_ptr<void> capture(const Fn<void()>& run) = 0;
  /// Launches what was recorded, on the same addresses.
  virtual void replay(void* recording) = 0;
};

}  // namespace weft::detail
