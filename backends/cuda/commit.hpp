// A variable's new value, copied unless the step was refused.
#pragma once
#include <cstddef>

namespace weft::cuda {

void copy_unless_refused(void* to, const void* from, std::size_t bytes, void* stream);

}  // namespace weft::cuda
