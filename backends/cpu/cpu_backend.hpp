// The CPU as a backend: plain memory, kernels of backends/cpu/kernels and backends/cpu/onednn.
#pragma once
#include <weft/core/backend.h>

namespace weft::cpu {

/// The backend without kernels; the generated registration fills its table.
std::shared_ptr<Backend> make_backend();

}  // namespace weft::cpu
