// ucontext makes the stacks; _setjmp and _longjmp change between them, because swapcontext asks the
// kernel to save the signal mask each time. The fortified longjmp refuses to leave a stack.
#undef _FORTIFY_SOURCE
#include "backends/cuda/emulate/fiber.hpp"

#include <setjmp.h>
#include <ucontext.h>

#include <cstddef>
#include <cstdint>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define WEFT_ASAN_FIBERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEFT_ASAN_FIBERS 1
#endif
#endif
#ifdef WEFT_ASAN_FIBERS
#include <sanitizer/common_interface_defs.h>
#endif

namespace weft::cuda::emulate {
namespace {

constexpr std::size_t stack_bytes = 128 * 1024;

}  // namespace

struct Fiber::State {
  std::unique_ptr<char[]> stack{new char[stack_bytes]};
  ucontext_t context = {};
  jmp_buf caller, own;
  bool begun = false, ended = true;
  const std::function<void()>* function = nullptr;
  std::exception_ptr thrown;
  // AddressSanitizer must know which stack is in use.
  void* fake_stack = nullptr;
  const void* caller_stack = nullptr;
  std::size_t caller_bytes = 0;

  void leave(void** fake, const void* stack_bottom, std::size_t bytes) {
#ifdef WEFT_ASAN_FIBERS
    __sanitizer_start_switch_fiber(fake, stack_bottom, bytes);
#else
    static_cast<void>(fake), static_cast<void>(stack_bottom), static_cast<void>(bytes);
#endif
  }
  void arrive(void* fake, const void** stack_bottom, std::size_t* bytes) {
#ifdef WEFT_ASAN_FIBERS
    __sanitizer_finish_switch_fiber(fake, stack_bottom, bytes);
#else
    static_cast<void>(fake), static_cast<void>(stack_bottom), static_cast<void>(bytes);
#endif
  }

  /// The fiber's own function: it takes one function after the other, and never returns.
  [[noreturn]] void loop() {
    arrive(nullptr, &caller_stack, &caller_bytes);
    while (true) {
      try {
        (*function)();
      } catch (...) {
        thrown = std::current_exception();
      }
      ended = true;
      to_caller();
    }
  }
  void to_caller() {
    leave(&fake_stack, caller_stack, caller_bytes);
    if (_setjmp(own) == 0) _longjmp(caller, 1);
    arrive(fake_stack, &caller_stack, &caller_bytes);
  }
  bool enter() {
    void* fake = nullptr;
    leave(&fake, stack.get(), stack_bytes);
    if (_setjmp(caller) == 0) {
      if (begun) _longjmp(own, 1);
      begun = true;
      setcontext(&context);
    }
    arrive(fake, nullptr, nullptr);
    if (thrown) std::rethrow_exception(std::exchange(thrown, nullptr));
    return ended;
  }
  /// makecontext passes ints: the pointer comes in two.
  static void entry(unsigned high, unsigned low) {
    const auto address = static_cast<std::uintptr_t>(high) << 32 | low;
    reinterpret_cast<State*>(address)->loop();
  }
  void make() {
    getcontext(&context);
    context.uc_stack.ss_sp = stack.get();
    context.uc_stack.ss_size = stack_bytes;
    context.uc_link = nullptr;
    const auto address = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&context, reinterpret_cast<void (*)()>(&State::entry), 2,
                static_cast<unsigned>(address >> 32), static_cast<unsigned>(address));
    begun = false;
  }
};

Fiber::Fiber() : state_(std::make_unique<State>()) { state_->make(); }
Fiber::~Fiber() = default;

bool Fiber::start(const std::function<void()>& function) {
  state_->function = &function;
  state_->ended = false;
  return state_->enter();
}

bool Fiber::resume() { return state_->enter(); }
void Fiber::pause() { state_->to_caller(); }

void Fiber::abandon() {
  if (!state_->ended) state_->make();
  state_->ended = true;
}

}  // namespace weft::cuda::emulate
