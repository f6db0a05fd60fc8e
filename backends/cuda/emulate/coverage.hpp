// Which kernels ran: what a test compares with those that exist (tests/cuda/check_coverage.py).
#pragma once

namespace weft::cuda::emulate {

/// Notes that a kernel was launched, by blocks of so many threads. With WEFT_EMULATE_COVERAGE=FILE
/// the process appends to the file at its end, a line for each kernel: where it lies in its library
/// or program, in hexadecimal, its largest block, and the file that it lies in.
void note_launch(const void* kernel, unsigned threads);

/// How often the kernel that this thread noted last had been noted before.
unsigned launches_before();

}  // namespace weft::cuda::emulate
