// Which sanitizer this is compiled with: WEFT_ASAN, WEFT_TSAN.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define WEFT_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEFT_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define WEFT_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEFT_TSAN 1
#endif
#endif

#ifdef WEFT_ASAN
#include <sanitizer/asan_interface.h>
#endif
#include <cstddef>

namespace weft::cuda::emulate {

/// From here on AddressSanitizer, where it is on, takes reads and writes of these bytes for
/// mistakes.
inline void forbid([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) {
#ifdef WEFT_ASAN
  __asan_poison_memory_region(p, bytes);
#endif
}
inline void permit([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) {
#ifdef WEFT_ASAN
  __asan_unpoison_memory_region(p, bytes);
#endif
}

}  // namespace weft::cuda::emulate
