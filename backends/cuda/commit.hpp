// A variable's new value, copied unless the step was refused.
#pragma once
#include <cstddef>

namespace weft::cuda {

/// to = from, `bytes` of them, when the stream gets there, unless a kernel before has refused the
/// step. `stream` is that of KernelArgs.
void copy_unless_refused(void* to, const void* from, std::size_t bytes, void* stream);

}  // namespace weft::cuda
