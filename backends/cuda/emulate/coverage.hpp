// Which kernels ran: what a test compares with those that exist (tests/cuda/check_coverage.py).
#pragma once

namespace weft::cuda::emulate {

/// Notes that a kernel was launched. With WEFT_EMULATE_COVERAGE=FILE the process appends to the
/// file at its end, a line for each: where the kernel lies in its library, in hexadecimal.
void note_kernel(const void* kernel);

}  // namespace weft::cuda::emulate
