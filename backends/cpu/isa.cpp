#include "backends/cpu/isa.hpp"

#include <fmt/core.h>
#include <weft/core/log.h>

#include <cstdlib>
#include <string_view>

namespace weft::cpu {
namespace {

// By feature bits (and what the operating system has switched on), never by the model's name.
Isa best() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                  __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
  const bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  return v4 ? Isa::v4 : v3 ? Isa::v3 : Isa::v2;
#else
  return Isa::v2;
#endif
}

Isa selected() {
  const Isa most = best();
  const char* text = std::getenv("WEFT_ISA");
  if (text == nullptr || *text == '\0') return most;
  for (Isa wanted : {Isa::v2, Isa::v3, Isa::v4}) {
    if (std::string_view(text) != isa_name(wanted)) continue;
    if (wanted <= most) return wanted;
    detail::log(LogLevel::warning,
                fmt::format("WEFT_ISA={} is more than this processor offers: {} is used", text,
                            isa_name(most)));
    return most;
  }
  detail::log(LogLevel::warning,
              fmt::format("WEFT_ISA is ignored. Expected: v2, v3 or v4. Received: '{}'", text));
  return most;
}

}  // namespace

Isa isa() {
  static const Isa chosen = selected();
  return chosen;
}

const char* isa_name(Isa isa) { return isa == Isa::v4 ? "v4" : isa == Isa::v3 ? "v3" : "v2"; }

}  // namespace weft::cpu
