// Functions that hand over to each other in the middle: stacks of their own on one thread.
#pragma once
#include <exception>
#include <functional>
#include <memory>

namespace weft::cuda::emulate {

class Fiber {
 public:
  Fiber();
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;
  /// Runs the function until it ends or calls pause(); true when it has ended. What it throws comes
  /// out here. Only where no other function is paused in this fiber.
  bool start(const std::function<void()>& function);
  /// Goes on behind pause(); otherwise as start.
  bool resume();
  /// Called by the function: back to whoever started or resumed it.
  void pause();
  /// Forgets a paused function: what lies on its stack is not destroyed.
  void abandon();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace weft::cuda::emulate
