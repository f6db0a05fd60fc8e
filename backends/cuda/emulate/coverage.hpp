// Which kernels ran, and how often a library was called that the host stands in for: what a test
// reads (tests/cuda/check_coverage.py).
#pragma once

namespace weft::cuda::emulate {

/// Notes that a kernel was launched. With WEFT_EMULATE_COVERAGE=FILE the process appends to the
/// file at its end, a line for each: where the kernel lies in its library, in hexadecimal.
void note_kernel(const void* kernel);
/// Notes a call, which is a line "call NAME COUNT" in that file.
void note_library_call(const char* name);

}  // namespace weft::cuda::emulate
