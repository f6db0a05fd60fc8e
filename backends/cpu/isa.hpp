// Which instruction set the kernels compiled for several of them run with. Files in
// backends/cpu/simd are compiled three times, for x86-64-v2, v3 and v4, each in the namespace
// WEFT_ISA; the best one that the processor and the operating system offer is chosen at start-up.
// They include neither the standard library nor anything whose inline functions are not
// always-inline: such a function, compiled for v4, could become the program's only copy.
#pragma once

namespace weft::cpu {

enum class Isa { v2, v3, v4 };

/// The one in use: the best that runs here, or a lower one that WEFT_ISA=v2|v3|v4 asks for.
Isa isa();
/// "v2", "v3" or "v4".
const char* isa_name(Isa isa);

/// The member of a family of kernels for the instruction set in use.
template <class T>
const T& choose(const T& v2, const T& v3, const T& v4) {
  switch (isa()) {
    case Isa::v4:
      return v4;
    case Isa::v3:
      return v3;
    default:
      return v2;
  }
}

}  // namespace weft::cpu
