// ucontext makes the stacks; _setjmp and _longjmp change between them, because swapcontext asks the
// kernel to save the signal mask each time. The fortified longjmp refuses to leave a stack, and
// ThreadSanitizer does not know it: there swapcontext is used after all.
#undef _FORTIFY_SOURCE
#include "backends/cuda/emulate/fiber.hpp"

#include <setjmp.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

#include "backends/cuda/emulate/sanitizers.hpp"
#ifdef WEFT_ASAN
#include <sanitizer/common_interface_defs.h>
#endif
#ifdef WEFT_TSAN
#include <sanitizer/tsan_interface.h>
#endif

namespace weft::cuda::emulate {
namespace {

constexpr std::size_t stack_bytes = 128 * 1024;

/// A stack, and below it a page that nobody may touch: a kernel that needs more stops there, and
/// writes over no other fiber's.
class Stack {
 public:
  Stack() : guard_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    void* p = mmap(nullptr, guard_ + stack_bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) throw std::bad_alloc();
    mapping_ = static_cast<char*>(p);
    mprotect(mapping_, guard_, PROT_NONE);
  }
  ~Stack() {
    permit(bottom(), stack_bytes);  // what is mapped there next is no part of a stack
    munmap(mapping_, guard_ + stack_bytes);
  }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;
  char* bottom() const { return mapping_ + guard_; }

 private:
  std::size_t guard_;
  char* mapping_ = nullptr;
};

}  // namespace

struct Fiber::State {
  Stack stack;
  ucontext_t context = {};
  bool begun = false, ended = true;
  const std::function<void()>* function = nullptr;
  std::exception_ptr thrown;
#ifdef WEFT_TSAN
  ucontext_t caller_context = {};
  void* caller_fiber = nullptr;
  void* own_fiber = nullptr;
#else
  jmp_buf caller, own;
#endif
  // AddressSanitizer must know which stack is in use.
  void* fake_stack = nullptr;
  const void* caller_stack = nullptr;
  std::size_t caller_bytes = 0;

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
#ifdef WEFT_TSAN
    if (own_fiber != nullptr) __tsan_destroy_fiber(own_fiber);
#endif
  }

  void leave([[maybe_unused]] void** fake, [[maybe_unused]] const void* stack_bottom,
             [[maybe_unused]] std::size_t bytes) {
#ifdef WEFT_ASAN
    __sanitizer_start_switch_fiber(fake, stack_bottom, bytes);
#endif
  }
  void arrive([[maybe_unused]] void* fake, [[maybe_unused]] const void** stack_bottom,
              [[maybe_unused]] std::size_t* bytes) {
#ifdef WEFT_ASAN
    __sanitizer_finish_switch_fiber(fake, stack_bottom, bytes);
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
#ifdef WEFT_TSAN
    __tsan_switch_to_fiber(caller_fiber, 0);
    swapcontext(&context, &caller_context);
#else
    if (_setjmp(own) == 0) _longjmp(caller, 1);
#endif
    arrive(fake_stack, &caller_stack, &caller_bytes);
  }
  bool enter() {
    void* fake = nullptr;
    leave(&fake, stack.bottom(), stack_bytes);
#ifdef WEFT_TSAN
    caller_fiber = __tsan_get_current_fiber();
    if (own_fiber == nullptr) own_fiber = __tsan_create_fiber(0);
    __tsan_switch_to_fiber(own_fiber, 0);
    swapcontext(&caller_context, &context);
#else
    if (_setjmp(caller) == 0) {
      if (begun) _longjmp(own, 1);
      begun = true;
      setcontext(&context);
    }
#endif
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
    permit(stack.bottom(), stack_bytes);  // what an abandoned function has left
    getcontext(&context);
    context.uc_stack.ss_sp = stack.bottom();
    context.uc_stack.ss_size = stack_bytes;
    context.uc_link = nullptr;
    const auto address = reinterpret_cast<std::uintptr_t>(this);
    makecontext(&context, reinterpret_cast<void (*)()>(&State::entry), 2,
                static_cast<unsigned>(address >> 32), static_cast<unsigned>(address));
    begun = false;
#ifdef WEFT_TSAN
    if (own_fiber != nullptr) __tsan_destroy_fiber(std::exchange(own_fiber, nullptr));
#endif
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
