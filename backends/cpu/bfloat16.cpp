#include "backends/cpu/bfloat16.hpp"

#include "backends/cpu/isa.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace weft::cpu {
namespace {

#if defined(__x86_64__)
// XCR0: what of the registers the operating system keeps over a change of threads.
unsigned enabled_states() {
  unsigned a = 0, d = 0;
  __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
  return a;
}

bool found() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (isa() != Isa::v4 || __get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return false;
  constexpr unsigned amx_bf16 = 1U << 22, avx512_bf16 = 1U << 5, tiles = 3U << 17;
  if ((d & amx_bf16) != 0 && (enabled_states() & tiles) == tiles) return true;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) != 0 && (a & avx512_bf16) != 0;
}
#else
bool found() { return false; }
#endif

}  // namespace

bool has_bfloat16_products() {
  static const bool has = found();
  return has;
}

}  // namespace weft::cpu
