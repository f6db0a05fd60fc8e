// Which kernels ran, and how often a library was called that the host stands in for: what a test
// reads (tests/cuda/check_coverage.py).
#pragma once

namespace weft::cuda::emulate {

/// Notes that a kernel was launched, by blocks of so many threads. With WEFT_EMULATE_COVERAGE=FILE
/// the process appends to the file at its end, a line for each kernel: where it lies in its library
/// or program, in hexadecimal, its largest block, and the file that it lies in.
void note_launch(const void* kernel, unsigned threads);
/// Notes a call, which is a line "call NAME COUNT" in that file.
void note_library_call(const char* name);

/// How often the kernel that this thread noted last had been noted before.
unsigned launches_before();

}  // namespace weft::cuda::emulate
