#include "backends/cpu/thread_pool.hpp"

namespace weft::cpu {

void detail::run_parts(int parts, void (*part)(void* context, int i), void* context) {
  for (int i = 0; i < parts; ++i) part(context, i);
}

int usable_threads() { return 1; }

}  // namespace weft::cpu
